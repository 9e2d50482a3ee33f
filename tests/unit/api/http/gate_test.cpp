// Many connections at once, and running out of what they need.
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <time.h>

#include <thread>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http;
using namespace staithe::http::test;
using namespace std::chrono_literals;

namespace {

std::string const version = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";

/// Raises the limit of open files as far as the machine allows; false when that is not enough.
bool allow_files(rlim_t count)
{
    rlimit limit {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(count, limit.rlim_max));
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= count;
}

double processor_seconds()
{
    timespec spent {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

void open_many(TestServer& server, std::vector<Client>& out, size_t count, std::string const& bytes)
{
    for (size_t i = 0; i < count; ++i) {
        out.push_back(server.client());
        out.back().send(bytes);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(gate)

BOOST_AUTO_TEST_CASE(answers_among_idle_slow_and_uploading_connections)
{
    if (!allow_files(4096)) {
        BOOST_TEST_MESSAGE("skipped: needs 4096 open files");
        return;
    }
    TestServer server;
    std::vector<Client> others;
    open_many(server, others, 1000, "");
    open_many(server, others, 200, "GET /version HTTP/1.1\r\nHo");
    open_many(server, others, 50, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\nslow");
    std::string const long_start(1u << 20, 'x');
    open_many(server, others, 20, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n" + long_start);
    auto client = server.client();
    for (int i = 0; i < 200; ++i)
        BOOST_REQUIRE(client.ask(version).body == "1.6");
    BOOST_TEST(server.ask(version).body == "1.6");
    // The idle ones are still served too.
    BOOST_TEST(others[500].ask(version).body == "1.6");
    BOOST_TEST(others[1100].ask("st: x\r\n\r\n").body == "1.6");
}

BOOST_AUTO_TEST_CASE(running_out_of_descriptors_neither_spins_nor_ends_service)
{
    TestServer server;
    auto client = server.client();
    BOOST_REQUIRE(client.ask(version).status == 200);
    rlimit before {}, tight {};
    ::getrlimit(RLIMIT_NOFILE, &before);
    std::vector<Client> waiting;
    waiting.push_back(server.client());
    BOOST_REQUIRE(waiting.back().ask(version).status == 200);
    // Client sockets are ours as well: make them first, then forbid what the server would need.
    auto probe = waiting.back().descriptor();
    tight = before;
    std::vector<staithe::UniqueFd> fillers;
    tight.rlim_cur = static_cast<rlim_t>(probe) + 10;
    ::setrlimit(RLIMIT_NOFILE, &tight);
    for (int fd; (fd = ::fcntl(probe, F_DUPFD_CLOEXEC, 0)) >= 0;)
        fillers.emplace_back(fd);
    fillers.pop_back(); // one for the client, none for the server
    auto late = server.client();
    late.send(version);
    double const begin = processor_seconds();
    std::this_thread::sleep_for(500ms);
    double const spent = processor_seconds() - begin;
    BOOST_TEST(client.ask(version).status == 200); // those inside are served
    fillers.clear();
    ::setrlimit(RLIMIT_NOFILE, &before);
    BOOST_TEST(late.receive().status == 200);
    BOOST_TEST(spent < 0.25);
}

BOOST_AUTO_TEST_CASE(no_more_connections_than_allowed_and_the_next_when_one_ends)
{
    TestServer server([](ServerOptions& options) { options.max_connections = 3; });
    std::vector<Client> inside;
    for (int i = 0; i < 3; ++i) {
        inside.push_back(server.client());
        BOOST_TEST(inside.back().ask(version).status == 200);
    }
    auto outside = server.client();
    outside.send(version);
    std::this_thread::sleep_for(100ms);
    BOOST_TEST(server.handled == 3);
    inside.pop_back();
    BOOST_TEST(outside.receive().status == 200);
}

BOOST_AUTO_TEST_CASE(many_threads_of_clients)
{
    TestServer server;
    std::atomic<int> good { 0 };
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            auto client = server.client();
            for (int i = 0; i < 300; ++i) {
                std::string const body(static_cast<size_t>(i * 37 % 5000), 'q');
                auto const answer = client.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: "
                    + std::to_string(body.size()) + "\r\n\r\n" + body);
                good += answer.status == 200 && answer.body == body;
            }
        });
    for (auto& thread : threads)
        thread.join();
    BOOST_TEST(good == 2400);
}

BOOST_AUTO_TEST_CASE(reload_changes_settings_for_new_requests)
{
    TestServer server;
    auto client = server.client();
    BOOST_TEST(!client.ask(version).has("Access-Control"));
    ServerOptions options;
    options.cors = true;
    server.server().reload(options);
    BOOST_TEST(eventually([&] { return client.ask(version).has("Access-Control"); }));
}

BOOST_AUTO_TEST_SUITE_END()
