#include "daemon/driver-host/confine.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::driver_host;

BOOST_AUTO_TEST_SUITE(confine)

BOOST_AUTO_TEST_CASE(registry_hosts_run_as_staithe_if_there_is_such_a_user)
{
    auto const user = find_user("root:x:0:0::/root:/bin/sh\nstaithe:x:991:992:Staithe:/:/usr/sbin/nologin\n");
    BOOST_CHECK_EQUAL(user.uid, 991u);
    BOOST_CHECK_EQUAL(user.gid, 992u);
    BOOST_CHECK_EQUAL(find_user("staithe:x:5:6:::\n").uid, 5u);
}

BOOST_AUTO_TEST_CASE(anything_else_is_nobody_and_never_root)
{
    for (auto const* passwd : { "", "root:x:0:0:::\n", "xstaithe:x:1:1:::\n", "staithe:x:0:0:::\n",
             "staithe:x:1:0:::\n", "staithe:x::1:::\n", "staithe:x:a:1:::\n", "staithe:x:-1:1:::\n", "staithe:x:1",
             "staithe:", "staithe:x", "staithe:x:4294967296:1:::\n" }) {
        BOOST_CHECK_EQUAL(find_user(passwd).uid, 65534u);
        BOOST_CHECK_EQUAL(find_user(passwd).gid, 65534u);
    }
}

BOOST_AUTO_TEST_SUITE_END()
