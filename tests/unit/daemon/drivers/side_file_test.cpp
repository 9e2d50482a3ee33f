#include "daemon/drivers/side_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::drivers;

BOOST_AUTO_TEST_SUITE(side_file)

BOOST_AUTO_TEST_CASE(reads_what_the_sdk_writes)
{
    auto const side = parse_side_file("name=overlay\nkind=storage\nabi=1.0\nsummary=a=b, c\npackage=p\n");
    BOOST_REQUIRE(side);
    BOOST_CHECK_EQUAL(side.value().id.name, "overlay");
    BOOST_CHECK(side.value().id.kind == STAITHE_STORAGE);
    BOOST_CHECK_EQUAL(side.value().abi_major, 1u);
    BOOST_CHECK_EQUAL(side.value().abi_minor, 0u);
    BOOST_CHECK_EQUAL(side.value().summary, "a=b, c");
    BOOST_CHECK_EQUAL(side.value().package, "p");
}

BOOST_AUTO_TEST_CASE(refuses_everything_else)
{
    for (auto const* content : { "", "name=x\n", "name=x\nkind=storage\n", "name=x\nkind=storage\nabi=1.0",
             "name=x\nkind=storage\nabi=1\n", "name=x\nkind=storage\nabi=1.\n", "name=x\nkind=storage\nabi=a.b\n",
             "name=x\nkind=storage\nabi=-1.0\n", "name=x\nkind=storage\nabi=1.99999999999\n",
             "name=x\nkind=storage\nabi=1.0 \n", "name=../x\nkind=storage\nabi=1.0\n",
             "name=x\nkind=network\nabi=1.0\n", "name=x\nname=x\nkind=storage\nabi=1.0\n",
             "name=x\nkind=storage\nabi=1.0\npath=/tmp\n", "name=x\nkind=storage\nabi=1.0\n\n",
             "name=x\nkind=storage\nabi=1.0\nsummary=a\tb\n", "name=x\r\nkind=storage\r\nabi=1.0\r\n" })
        BOOST_CHECK_MESSAGE(!parse_side_file(content), content);
    BOOST_CHECK(!parse_side_file(std::string_view("name=x\nkind=storage\nabi=1.0\nsummary=a\0\n", 40)));
    BOOST_CHECK(!parse_side_file("name=x\nkind=storage\nabi=1.0\nsummary=" + std::string(5000, 'x') + "\n"));
}

BOOST_AUTO_TEST_SUITE_END()
