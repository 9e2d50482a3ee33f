#include "daemon/keeper/detach_keys.hpp"

#include <boost/test/unit_test.hpp>

using staithe::keeper::DetachKeys;

BOOST_AUTO_TEST_SUITE(detach_keys)

BOOST_AUTO_TEST_CASE(together_or_apart)
{
    DetachKeys keys;
    std::string out;
    BOOST_TEST(keys.pass("ab\x10\x11more", out));
    BOOST_TEST(out == "ab");
    DetachKeys apart;
    BOOST_TEST(!apart.pass("\x10", out));
    BOOST_TEST(apart.pass("\x11", out));
}

BOOST_AUTO_TEST_CASE(other_use_of_the_first_key_is_typed)
{
    DetachKeys keys;
    std::string out;
    BOOST_TEST(!keys.pass("\x10", out));
    BOOST_TEST(out.empty());
    BOOST_TEST(!keys.pass("x\x10\x10y\x11", out));
    BOOST_TEST(out == "\x10x\x10\x10y\x11");
}

BOOST_AUTO_TEST_SUITE_END()
