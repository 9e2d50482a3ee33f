// What clients send, and what the end of it means.
#include <signal.h>

#include <thread>

#include <boost/test/unit_test.hpp>

#include "fixture.hpp"

using namespace staithe;
using namespace staithe::test;

namespace {

rpc::keeper::Start reading(Fixture const& fixture, std::string const& script, bool once)
{
    auto what = fixture.shell(script);
    what.open_stdin = true;
    what.stdin_once = once;
    return what;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeper_stdin, Fixture)

BOOST_AUTO_TEST_CASE(ROOT_hundred_megabytes_arrive_whole)
{
    Connection connection;
    auto const keeper = start(reading(*this, "wc -c", true));
    BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(connection.theirs) }));
    std::thread writer([&] {
        std::string const block(1 << 20, 'x');
        for (int i = 0; i < 100; ++i)
            connection.write(block);
        connection.half_close();
    });
    auto const got = connection.read_all();
    writer.join();
    BOOST_TEST(unframe(got).out == "104857600\n");
}

BOOST_AUTO_TEST_CASE(ROOT_early_bytes_come_first)
{
    Connection connection;
    auto how = live(true);
    how.early = "first ";
    std::vector<drivers::Client> clients;
    connection.write("second");
    connection.half_close();
    clients.push_back({ how, std::move(connection.theirs) });
    BOOST_REQUIRE(start(reading(*this, "cat", true), clients));
    clients.clear();
    BOOST_TEST(unframe(connection.read_all()).out == "first second");
}

BOOST_AUTO_TEST_CASE(ROOT_early_bytes_larger_than_the_pipe_are_not_lost)
{
    Connection connection;
    auto how = live(true);
    how.early = std::string(3 << 20, 'e');
    std::vector<drivers::Client> clients;
    clients.push_back({ how, std::move(connection.theirs) });
    connection.half_close();
    BOOST_REQUIRE(start(reading(*this, "wc -c", true), clients));
    clients.clear();
    BOOST_TEST(unframe(connection.read_all()).out == "3145728\n");
}

BOOST_AUTO_TEST_CASE(ROOT_client_that_closes_at_once_has_still_sent_everything)
{
    auto const keeper = start(reading(*this, "wc -c", true));
    {
        Connection connection;
        connection.write(std::string(100'000, 'x'));
        BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(connection.theirs) }));
    }
    wait_for_exit();
    BOOST_TEST(unframe(replayed(live())).out == "100000\n");
}

BOOST_AUTO_TEST_CASE(ROOT_half_close_without_stdin_once_ends_the_attach_only)
{
    auto const keeper = start(reading(*this, "read x; echo $x; read y; echo $y; exit 5", false));
    Connection first;
    BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(first.theirs) }));
    first.write("a\n");
    first.half_close();
    first.read_all();
    BOOST_TEST(exits_told() == 0);
    Connection second;
    BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(second.theirs) }));
    second.write("b\n");
    BOOST_TEST(unframe(second.read_all()).out.find("b\n") != std::string::npos);
    BOOST_TEST(wait_for_exit().status == 5);
}

BOOST_AUTO_TEST_CASE(ROOT_half_close_of_a_client_without_stdin_changes_nothing)
{
    auto const keeper = start(reading(*this, "read x; echo late", false));
    Connection quiet, talking;
    BOOST_REQUIRE(keeper->attach(call(), { live(false), std::move(quiet.theirs) }));
    quiet.half_close();
    BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(talking.theirs) }));
    talking.write("x\n");
    BOOST_TEST(unframe(quiet.read_all()).out == "late\n");
}

BOOST_AUTO_TEST_CASE(ROOT_container_without_stdin_reads_nothing_and_ignores_input)
{
    Connection connection;
    std::vector<drivers::Client> clients;
    clients.push_back({ live(true), std::move(connection.theirs) });
    connection.write("ignored");
    connection.half_close();
    BOOST_REQUIRE(start(shell("cat; echo end"), clients));
    clients.clear();
    BOOST_TEST(unframe(connection.read_all()).out == "end\n");
}

BOOST_AUTO_TEST_CASE(ROOT_container_that_closes_its_stdin_does_not_block_the_client)
{
    Connection connection;
    auto const keeper = start(reading(*this, "exec 0<&-; echo closed; exec sleep 1000", true));
    BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(connection.theirs) }));
    BOOST_TEST(unframe(connection.read_until("closed\n")).out == "closed\n");
    connection.write(std::string(4 << 20, 'x'));
    connection.half_close();
    BOOST_REQUIRE(keeper->signal(call(), SIGKILL));
    connection.read_all();
}

BOOST_AUTO_TEST_CASE(ROOT_slow_reader_loses_nothing)
{
    Connection connection;
    auto const keeper = start(reading(*this, "sleep 0.3; wc -c", true));
    BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(connection.theirs) }));
    connection.write(std::string(5 << 20, 'x'));
    connection.half_close();
    BOOST_TEST(unframe(connection.read_all()).out == "5242880\n");
}

BOOST_AUTO_TEST_SUITE_END()
