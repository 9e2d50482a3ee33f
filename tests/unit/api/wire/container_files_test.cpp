#include "api/wire/container_files.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(container_files)

BOOST_AUTO_TEST_CASE(no_changes_are_null)
{
    BOOST_TEST(wire::encode_changes({}) == "null");
}

BOOST_AUTO_TEST_CASE(changes_have_path_and_kind)
{
    using Kind = api::FileChange::Kind;
    BOOST_TEST(wire::encode_changes({ { "/a <b>", Kind::Modified }, { "/\xFF", Kind::Added }, { "/c", Kind::Deleted } })
        == R"([{"Path":"/a \u003cb\u003e","Kind":0},{"Path":"/\ufffd","Kind":1},{"Path":"/c","Kind":2}])");
}

BOOST_AUTO_TEST_CASE(copy_reads_its_resource_in_any_case)
{
    BOOST_TEST(wire::decode_copy(R"({"Resource":"/etc","HostPath":5})").value() == "/etc");
    BOOST_TEST(wire::decode_copy(R"({"resource":"a b"})").value() == "a b");
    BOOST_TEST(wire::decode_copy("{}").value().empty());
    BOOST_TEST(!wire::decode_copy("[]"));
    BOOST_TEST(wire::decode_copy(R"({"Resource":["a"]})").error().message == "cannot use list as text for 'Resource'");
    BOOST_TEST(!wire::decode_copy(R"({"Resource":"a\u0000b"})"));
}

BOOST_AUTO_TEST_SUITE_END()
