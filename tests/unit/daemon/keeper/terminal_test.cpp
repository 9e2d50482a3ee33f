// Terminals: merged output, size, detach keys.
#include <boost/test/unit_test.hpp>

#include "fixture.hpp"

using namespace staithe;
using namespace staithe::test;

namespace {

rpc::keeper::Start terminal(Fixture const& fixture, std::string const& script)
{
    auto what = fixture.shell(script);
    what.tty = what.open_stdin = what.stdin_once = true;
    return what;
}

rpc::keeper::Attach typing()
{
    auto how = live(true);
    how.framed = false;
    return how;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeper_terminal, Fixture)

BOOST_AUTO_TEST_CASE(ROOT_output_is_merged_and_the_kernel_translates_line_feeds)
{
    BOOST_TEST(output_of(terminal(*this, "test -t 0 && echo tty; echo err >&2"), typing()) == "tty\r\nerr\r\n");
}

BOOST_AUTO_TEST_CASE(ROOT_large_terminal_output_is_complete)
{
    auto const got = output_of(terminal(*this, "seq 20000"), typing());
    BOOST_TEST(got.size() == 108'894u + 20'000u);
    BOOST_TEST((got.substr(got.size() - 7) == "20000\r\n"));
}

BOOST_AUTO_TEST_CASE(ROOT_resize_reaches_the_program)
{
    auto const keeper = start(terminal(*this, "stty -echo; echo ready; read x; stty size"));
    Connection connection;
    auto how = typing();
    how.logs = true;
    BOOST_REQUIRE(keeper->attach(call(), { how, std::move(connection.theirs) }));
    connection.read_until("ready\r\n");
    BOOST_REQUIRE(keeper->resize(call(), 33, 101));
    BOOST_TEST(!keeper->resize(call(), 70'000, 1));
    connection.write("\n");
    BOOST_TEST(connection.read_all() == "33 101\r\n");
}

BOOST_AUTO_TEST_CASE(ROOT_resize_without_a_terminal_is_an_error)
{
    auto const keeper = start(shell("exec sleep 1000"));
    auto const result = keeper->resize(call(), 10, 10);
    BOOST_REQUIRE(!result);
    BOOST_TEST(result.error().message == "container has no terminal");
    BOOST_REQUIRE(keeper->signal(call(), 9));
}

BOOST_AUTO_TEST_CASE(ROOT_detach_keys_end_the_attach_and_nothing_else)
{
    auto const keeper = start(terminal(*this, "stty -echo; echo ready; read x; echo got $x; exit 8"));
    Connection first;
    auto how = typing();
    how.logs = true;
    BOOST_REQUIRE(keeper->attach(call(), { how, std::move(first.theirs) }));
    first.read_until("ready\r\n");
    first.write("\x10");
    first.write("\x11");
    BOOST_TEST(first.read_all().empty());
    BOOST_TEST(exits_told() == 0);
    Connection second;
    BOOST_REQUIRE(keeper->attach(call(), { typing(), std::move(second.theirs) }));
    second.write("it\n");
    BOOST_TEST(second.read_all() == "got it\r\n");
    BOOST_TEST(wait_for_exit().status == 8);
}

BOOST_AUTO_TEST_SUITE_END()
