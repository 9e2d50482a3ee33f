#include "daemon/rpc/keeper_protocol.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::rpc;
using namespace staithe::rpc::keeper;

namespace {

template <class T> std::string encoded(T const& value)
{
    Writer out;
    encode(out, value);
    return out.take();
}

Start full_start()
{
    Start start;
    start.container = std::string(64, 'c');
    start.run = 3;
    start.driver = "namespaces";
    start.driver_options = { { "a", "b" }, { "", "" } };
    start.argv = { "sh", "" };
    start.env = { "A=b" };
    start.user = "web";
    start.tty = start.stdin_once = true;
    start.limits = { 1, 2, -1, 4 };
    start.log = { 5, 6 };
    start.options = { { "lxc.x", "y" } };
    start.clients.resize(2);
    start.clients[1].early = "early";
    start.clients[1].in = true;
    start.deadline_ns = 1234567890123;
    start.network = true;
    start.mounts = { { "/data", true, false, true }, { "/etc/hosts", false, true, false } };
    return start;
}

} // namespace

BOOST_AUTO_TEST_SUITE(keeper_protocol)

BOOST_AUTO_TEST_CASE(start_comes_back_as_it_was)
{
    auto const bytes = encoded(full_start());
    auto const decoded = decode_start(bytes);
    BOOST_REQUIRE(decoded);
    BOOST_TEST((encoded(decoded.value()) == bytes));
    BOOST_TEST(decoded.value().clients[1].early == "early");
    BOOST_TEST(decoded.value().limits.memory_swap == -1);
    BOOST_TEST(decoded.value().deadline_ns == 1234567890123);
    BOOST_TEST(decoded.value().network);
    BOOST_TEST_REQUIRE(decoded.value().mounts.size() == 2u);
    BOOST_TEST((decoded.value().mounts[0].target == "/data" && decoded.value().mounts[0].read_only
        && decoded.value().mounts[0].volume && !decoded.value().mounts[0].file));
    BOOST_TEST((decoded.value().mounts[1].file && !decoded.value().mounts[1].volume));
}

BOOST_AUTO_TEST_CASE(the_start_of_an_older_daemon_has_neither_network_nor_mounts)
{
    auto start = full_start();
    start.network = false;
    start.mounts.clear();
    auto const bytes = encoded(start);
    auto const decoded = decode_start(std::string_view(bytes).substr(0, bytes.size() - 1 - 4));
    BOOST_REQUIRE(decoded);
    BOOST_TEST(!decoded.value().network);
    BOOST_TEST(decoded.value().mounts.empty());
    BOOST_TEST(decoded.value().deadline_ns == 1234567890123);
}

BOOST_AUTO_TEST_CASE(every_cut_is_noticed_and_every_addition_ignored)
{
    auto const bytes = encoded(full_start());
    auto const since_2 = 1 + 4 + (4 + 4 + 5 + 3) + (4 + 4 + 10 + 3);
    for (size_t size = 0; size < bytes.size(); ++size)
        BOOST_TEST((size == bytes.size() - since_2)
            == static_cast<bool>(decode_start(std::string_view(bytes).substr(0, size))));
    BOOST_TEST(static_cast<bool>(decode_start(bytes + "from a younger daemon")));
}

BOOST_AUTO_TEST_CASE(welcome_carries_the_exit)
{
    Welcome welcome;
    welcome.state = State::Exited;
    welcome.container = "c";
    welcome.pid = 42;
    welcome.exit = { 2, 137, 10, 20, true };
    auto const decoded = decode_welcome(encoded(welcome));
    BOOST_REQUIRE(decoded);
    BOOST_TEST(decoded.value().exit.status == 137);
    BOOST_TEST(decoded.value().exit.out_of_memory);
    BOOST_TEST(decoded.value().pid == 42);
    auto bytes = encoded(welcome);
    bytes[4] = 9;
    BOOST_TEST(!decode_welcome(bytes));
}

BOOST_AUTO_TEST_SUITE_END()
