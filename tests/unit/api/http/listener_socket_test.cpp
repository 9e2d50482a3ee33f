// Sockets that are never open to the wrong people, and addresses that are refused.
#include <boost/test/unit_test.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "api/http/listener_socket.hpp"
#include "tests/unit/api/http/test_server.hpp"

using namespace staithe;
using namespace staithe::http;
using namespace staithe::http::test;

namespace {

Result<std::unique_ptr<Server>> create(std::string const& address, bool allow_tcp = false)
{
    ServerOptions options;
    options.listen = { address };
    options.allow_plain_tcp = allow_tcp;
    return Server::create(std::move(options), Router({ { 1, 0 }, { 1, 6 } }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(listener_socket)

BOOST_AUTO_TEST_CASE(the_socket_is_never_wider_than_0660)
{
    TemporaryDirectory directory;
    std::string const path = directory.path() + "/s.sock";
    std::atomic<bool> done { false };
    std::atomic<unsigned> widest { 0 }, seen { 0 };
    mode_t const before = ::umask(0);
    // Looks at every reachable name all the time while sockets come and go.
    std::thread observer([&] {
        while (!done) {
            struct stat status;
            if (::lstat(path.c_str(), &status) == 0) {
                widest = widest | (status.st_mode & 07777);
                ++seen;
            }
        }
    });
    for (int i = 0; i < 200; ++i) {
        auto listener = ListenerSocket::unix_socket(path, "");
        BOOST_REQUIRE(listener);
        struct stat status;
        BOOST_REQUIRE(::lstat(path.c_str(), &status) == 0);
        BOOST_TEST((status.st_mode & 07777) == 0660u);
    }
    done = true;
    observer.join();
    ::umask(before);
    BOOST_TEST((widest & ~0660u) == 0u);
    BOOST_TEST_MESSAGE("looked at the socket " << seen << " times");
}

BOOST_AUTO_TEST_CASE(nothing_is_left_behind)
{
    TemporaryDirectory directory;
    {
        auto listener = ListenerSocket::unix_socket(directory.path() + "/s.sock", "");
        BOOST_REQUIRE(listener);
        BOOST_TEST(listener.value().address() == "unix://" + directory.path() + "/s.sock");
    }
    BOOST_TEST(::rmdir(directory.path().c_str()) == 0);
}

BOOST_AUTO_TEST_CASE(a_stale_socket_is_replaced_and_a_live_one_is_not)
{
    TemporaryDirectory directory;
    std::string const path = directory.path() + "/s.sock";
    auto first = ListenerSocket::unix_socket(path, "");
    BOOST_REQUIRE(first);
    auto second = ListenerSocket::unix_socket(path, "");
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().code == STAITHE_BUSY);
    BOOST_TEST(second.error().message == "cannot listen on '" + path + "': another daemon answers there");
    // A second name keeps the file when the listener goes: that is what a killed daemon leaves.
    BOOST_REQUIRE(::link(path.c_str(), (path + ".old").c_str()) == 0);
    first.value().close();
    BOOST_REQUIRE(::rename((path + ".old").c_str(), path.c_str()) == 0);
    BOOST_TEST(bool(ListenerSocket::unix_socket(path, "")));
}

BOOST_AUTO_TEST_CASE(another_daemons_socket_is_not_unlinked)
{
    TemporaryDirectory directory;
    std::string const path = directory.path() + "/s.sock";
    auto first = ListenerSocket::unix_socket(path, "");
    BOOST_REQUIRE(::unlink(path.c_str()) == 0);
    auto second = ListenerSocket::unix_socket(path, "");
    first.value().close();
    struct stat status;
    BOOST_TEST(::lstat(path.c_str(), &status) == 0);
}

BOOST_AUTO_TEST_CASE(bad_addresses_are_refused_with_a_reason)
{
    TemporaryDirectory directory;
    std::ofstream(directory.path() + "/file") << "x";
    auto const message = [](Result<std::unique_ptr<Server>> result) {
        return result ? std::string("it was accepted") : result.error().message;
    };
    BOOST_TEST(message(create("tcp://127.0.0.1:0")).find("--allow-plain-tcp") != std::string::npos);
    BOOST_TEST(message(create("unix://" + directory.path() + "/file")).find("not a socket") != std::string::npos);
    BOOST_TEST(message(create("unix://relative")).find("full path") != std::string::npos);
    BOOST_TEST(message(create("unix://" + directory.path() + "/" + std::string(120, 'a'))).find("too long")
        != std::string::npos);
    BOOST_TEST(message(create("unix://" + directory.path() + "/absent/s")).find("No such file") != std::string::npos);
    BOOST_TEST(message(create("fd://3")).find("unix://") != std::string::npos);
    BOOST_TEST(message(create("tcp://localhost", true)).find("port") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(several_listeners_serve_alike)
{
    TestServer server([](ServerOptions& options) {
        options.listen.push_back("tcp://127.0.0.1:0");
        options.allow_plain_tcp = true;
    });
    BOOST_TEST(server.server().addresses().size() == 2u);
    BOOST_TEST(server.ask("GET /version HTTP/1.1\r\nHost:\r\n\r\n").status == 200);
    BOOST_TEST(Client(server.tcp()).ask("GET /version HTTP/1.1\r\nHost:\r\n\r\n").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
