#include "daemon/drivers/driver_name.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::drivers;

BOOST_AUTO_TEST_SUITE(driver_name)

BOOST_AUTO_TEST_CASE(accepts_plain_names)
{
    for (auto const* name : { "a", "0", "overlay", "lxc-4", "my_driver", "9p" })
        BOOST_CHECK_MESSAGE(is_driver_name(name), name);
    BOOST_CHECK(is_driver_name(std::string(64, 'a')));
}

BOOST_AUTO_TEST_CASE(refuses_everything_that_could_be_a_path_or_an_option)
{
    for (auto const* name :
        { "", "-a", "_a", "A", "../x", "a/b", "/etc/passwd", ".", "..", ".so", "libc.so.6", "a b", "a\n", "ü", "a.b" })
        BOOST_CHECK_MESSAGE(!is_driver_name(name), name);
    BOOST_CHECK(!is_driver_name(std::string(65, 'a')));
    BOOST_CHECK(!is_driver_name(std::string_view("x\0y", 3)));
}

BOOST_AUTO_TEST_CASE(splits_the_stem_at_its_first_dash)
{
    auto const id = driver_id_from("storage-my-own");
    BOOST_REQUIRE(id);
    BOOST_CHECK(id->kind == STAITHE_STORAGE);
    BOOST_CHECK_EQUAL(id->name, "my-own");
    BOOST_CHECK_EQUAL(id->stem(), "storage-my-own");
    BOOST_CHECK_EQUAL(id->describe(), "storage driver 'my-own'");
    for (auto const* stem : { "", "storage", "storage-", "stor-age", "Storage-x", "storage--x", "execution-../x" })
        BOOST_CHECK_MESSAGE(!driver_id_from(stem), stem);
}

BOOST_AUTO_TEST_SUITE_END()
