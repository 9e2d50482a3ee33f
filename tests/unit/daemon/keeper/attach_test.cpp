// Output to clients: fast, slow, late, many, gone.
#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "fixture.hpp"

using namespace staithe;
using namespace staithe::test;

namespace {

std::string numbers(int count)
{
    std::string all;
    for (int i = 1; i <= count; ++i)
        all += std::to_string(i) + "\n";
    return all;
}

rpc::keeper::Attach with_logs()
{
    auto how = live();
    how.logs = true;
    return how;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeper_attach, Fixture)

BOOST_AUTO_TEST_CASE(ROOT_unselected_streams_are_not_sent)
{
    auto how = live();
    how.out = false;
    auto const got = unframe(output_of(shell("echo out; echo err >&2"), how));
    BOOST_TEST(got.out == "");
    BOOST_TEST(got.err == "err\n");
}

BOOST_AUTO_TEST_CASE(ROOT_raw_output_has_no_frames)
{
    auto how = live();
    how.framed = false;
    BOOST_TEST(output_of(shell("printf '\\001\\000\\377'"), how) == std::string("\1\0\377", 3));
}

BOOST_AUTO_TEST_CASE(ROOT_nothing_selected_ends_at_once)
{
    auto const keeper = start(shell("exec sleep 1000"));
    Connection connection;
    rpc::keeper::Attach how;
    how.stream = true;
    BOOST_REQUIRE(keeper->attach(call(), { how, std::move(connection.theirs) }));
    BOOST_TEST(connection.read_all().empty());
    BOOST_REQUIRE(keeper->signal(call(), 9));
}

BOOST_AUTO_TEST_CASE(ROOT_large_output_is_complete_live_and_stored)
{
    auto const expected = numbers(300'000);
    BOOST_TEST((unframe(output_of(shell("seq 300000"), live())).out == expected));
    wait_for_exit();
    BOOST_TEST((unframe(replayed(live())).out == expected));
}

BOOST_AUTO_TEST_CASE(ROOT_replay_and_stream_join_without_gap_or_double)
{
    auto const keeper = start(shell("seq 400000"));
    std::vector<Connection> connections(8);
    size_t attached = 0;
    for (auto& connection : connections)
        attached += keeper->attach(call(), { with_logs(), std::move(connection.theirs) }) ? 1u : 0u;
    // All at once: one that is not read holds the container back for the others.
    std::vector<std::string> got(attached);
    std::vector<std::thread> readers;
    for (size_t i = 0; i < attached; ++i)
        readers.emplace_back([&, i] { got[i] = connections[i].read_all(); });
    for (auto& reader : readers)
        reader.join();
    auto const expected = numbers(400'000);
    for (auto const& bytes : got)
        BOOST_TEST((unframe(bytes).out == expected));
    BOOST_TEST(attached > 0u);
}

BOOST_AUTO_TEST_CASE(ROOT_slow_client_holds_the_container_back_and_gets_everything)
{
    auto what = shell("seq 400000; echo end >&2");
    auto const keeper = start(what);
    Connection slow;
    BOOST_REQUIRE(keeper->attach(call(), { with_logs(), std::move(slow.theirs) }));
    std::string all(100, '\0');
    BOOST_REQUIRE(::recv(slow.mine.get(), all.data(), all.size(), MSG_WAITALL) == 100);
    ::usleep(100'000);
    auto const got = unframe(all + slow.read_all());
    BOOST_TEST((got.out == numbers(400'000)));
    BOOST_TEST(got.err == "end\n");
}

BOOST_AUTO_TEST_CASE(ROOT_stalled_client_does_not_keep_the_end_from_being_told)
{
    auto const keeper = start(shell("seq 20000; exit 6"));
    Connection stalled;
    BOOST_REQUIRE(keeper->attach(call(), { with_logs(), std::move(stalled.theirs) }));
    BOOST_TEST(wait_for_exit().status == 6);
    BOOST_TEST((unframe(stalled.read_all()).out == numbers(20'000)));
}

BOOST_AUTO_TEST_CASE(ROOT_client_that_goes_away_never_hurts)
{
    auto const keeper = start(shell("seq 300000; exit 2"));
    for (int i = 0; i < 20; ++i) {
        Connection connection;
        (void)keeper->attach(call(), { with_logs(), std::move(connection.theirs) });
        char some[1000];
        (void)!::recv(connection.mine.get(), some, sizeof some, 0);
    }
    BOOST_TEST(wait_for_exit().status == 2);
    BOOST_TEST((unframe(replayed(live())).out == numbers(300'000)));
}

BOOST_AUTO_TEST_CASE(ROOT_many_clients_get_the_same)
{
    auto what = shell("read x; seq 5000");
    what.open_stdin = true;
    auto const keeper = start(what);
    std::vector<Connection> connections(50);
    for (auto& connection : connections)
        BOOST_REQUIRE(keeper->attach(call(), { live(), std::move(connection.theirs) }));
    Connection talker;
    BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(talker.theirs) }));
    talker.write("\n");
    for (auto const& connection : connections)
        BOOST_TEST((unframe(connection.read_all()).out == numbers(5000)));
}

BOOST_AUTO_TEST_CASE(ROOT_tcp_client_gets_a_half_close)
{
    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    BOOST_REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    BOOST_REQUIRE(::listen(listener.get(), 1) == 0);
    BOOST_REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    Connection tcp;
    tcp.mine.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BOOST_REQUIRE(::connect(tcp.mine.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    tcp.theirs.reset(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    auto how = live();
    how.half_close = true;
    std::vector<drivers::Client> clients;
    clients.push_back({ how, std::move(tcp.theirs) });
    BOOST_REQUIRE(start(shell("echo tcp"), clients));
    clients.clear();
    tcp.write("unread");
    BOOST_TEST(unframe(tcp.read_all()).out == "tcp\n");
}

BOOST_AUTO_TEST_CASE(ROOT_replay_of_a_stopped_container_gives_the_socket_back_for_its_next_run)
{
    output_of(shell("echo one"), live());
    wait_for_exit();
    Connection connection;
    Mutex lock;
    CondVar came;
    UniqueFd back;
    bool done = false;
    BOOST_REQUIRE(keepers->replay({ with_logs(), std::move(connection.theirs) }, state_dir(), [&](auto client) {
        MutexLock held(lock);
        back = std::move(client.socket);
        done = true;
        came.notify_all();
    }));
    {
        MutexLock held(lock);
        while (!done)
            came.wait(lock);
    }
    std::vector<drivers::Client> clients;
    clients.push_back({ live(), std::move(back) });
    BOOST_REQUIRE(start(shell("echo two"), clients));
    clients.clear();
    BOOST_TEST(unframe(connection.read_all()).out == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(ROOT_log_stays_within_its_bounds)
{
    auto what = shell("seq 500000");
    what.log = { 512 << 10, 3 };
    auto how = live();
    how.framed = false;
    auto const all = output_of(what, how);
    wait_for_exit();
    auto const stored = replayed(how);
    BOOST_TEST(stored.size() < 3u * (512 << 10));
    BOOST_TEST(stored.size() > 2u * (256 << 10));
    BOOST_TEST((all.substr(all.size() - stored.size()) == stored));
}

BOOST_AUTO_TEST_SUITE_END()
