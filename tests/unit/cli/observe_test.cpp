// port, top, diff, events and cp against a fake daemon.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/fake_daemon.hpp"
#include "tests/unit/cli/program.hpp"
#include "tests/unit/cli/tar_maker.hpp"

using namespace staithe::test;

namespace {

using Lines = std::vector<std::string>;

Outcome call(FakeDaemon& daemon, Lines words)
{
    return run_staithe(daemon.host(), std::move(words));
}

std::string const details =
    R"({"ID":"abc","NetworkSettings":{"IPAddress":"172.17.0.2","Ports":{"443/tcp":null,"53/udp":[{"HostIp":"0.0.0.0",)"
    R"("HostPort":"49153"}],"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"127.0.0.1","HostPort":"81"}]}}})";

std::string content(std::string const& path)
{
    std::ifstream file(path);
    return { std::istreambuf_iterator<char>(file), {} };
}

std::string chunk(std::string const& bytes)
{
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + bytes + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(observe)

BOOST_AUTO_TEST_CASE(port)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/web/json", 200, details);
    daemon.answer("GET /v1.6/containers/idle/json", 200, R"({"NetworkSettings":{"Ports":null}})");
    BOOST_TEST(call(daemon, { "port", "web" }).out
        == "53/udp -> 0.0.0.0:49153\n80/tcp -> 0.0.0.0:8080\n80/tcp -> 127.0.0.1:81\n");
    BOOST_TEST(call(daemon, { "port", "web", "80" }).out == "0.0.0.0:8080\n127.0.0.1:81\n");
    BOOST_TEST(call(daemon, { "port", "web", "53/udp" }).out == "0.0.0.0:49153\n");
    BOOST_TEST(call(daemon, { "port", "--format", "json", "web", "53/udp" }).out
        == "[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"49153\"}]\n");
    BOOST_TEST(call(daemon, { "port", "--format", "json", "idle" }).out == "{}\n");
    BOOST_TEST(call(daemon, { "port", "idle" }).out == "");
    auto const none = call(daemon, { "port", "web", "443" });
    BOOST_TEST(none.code == 125);
    BOOST_TEST(none.err == "staithe: container 'web' does not publish port 443/tcp\n  see: staithe port web\n");
    BOOST_TEST(call(daemon, { "port", "web", "http" }).code == 125);
    BOOST_TEST(call(daemon, { "port", "nope" }).err.ends_with("\n  see: staithe ps -a\n"));
}

BOOST_AUTO_TEST_CASE(top)
{
    FakeDaemon daemon;
    std::string const table =
        R"({"Titles":["PID","TTY","TIME","CMD"],"Processes":[["7","?","00:00:01","sh -c a\u001b[2J"],["123","pts/0"]]})";
    daemon.answer("GET /v1.6/containers/web/top", 200, table);
    BOOST_TEST(call(daemon, { "top", "web" }).out
        == "PID   TTY     TIME       CMD\n7     ?       00:00:01   sh -c a?[2J\n123   pts/0\n");
    call(daemon, { "top", "web", "-o", "pid,user" });
    call(daemon, { "top", "web", "aux" });
    BOOST_TEST(daemon.lines()
            == (Lines { "GET /v1.6/containers/web/top", "GET /v1.6/containers/web/top?ps_args=-o%20pid%2Cuser",
                "GET /v1.6/containers/web/top?ps_args=aux" }),
        boost::test_tools::per_element());
    BOOST_TEST(call(daemon, { "top", "--format=json", "web" }).out == table + "\n");
    daemon.answer("GET /v1.6/containers/web/top", 200, R"({"Titles":["PID"],"Processes":null})");
    BOOST_TEST(call(daemon, { "top", "web" }).out == "PID\n");
    daemon.answer("GET /v1.6/containers/web/top", 200, "{}");
    BOOST_TEST(call(daemon, { "top", "web" }).out == "\n");
}

BOOST_AUTO_TEST_CASE(diff)
{
    FakeDaemon daemon;
    std::string const list = R"([{"Path":"/a\n","Kind":0},{"Path":"/b","Kind":1},{"Path":"/c","Kind":2}])";
    daemon.answer("GET /v1.6/containers/web/changes", 200, list);
    BOOST_TEST(call(daemon, { "diff", "web" }).out == "C /a?\nA /b\nD /c\n");
    BOOST_TEST(call(daemon, { "diff", "--format", "json", "web" }).out == list + "\n");
    daemon.answer("GET /v1.6/containers/web/changes", 200, "null");
    BOOST_TEST(call(daemon, { "diff", "web" }).out == "");
    BOOST_TEST(call(daemon, { "diff", "nope" }).code == 125);
}

BOOST_AUTO_TEST_CASE(events_come_line_by_line)
{
    FakeDaemon daemon;
    daemon.script("GET /v1.6/events", [](int fd, auto const&) {
        std::string const first = R"({"status":"create","id":"abc","from":"busybox:latest","time":1384000000})";
        std::string const second = R"({"status":"delete","id":"def","time":1384000001})";
        FakeDaemon::send(fd,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(first));
        // The second comes cut in two, and then nothing for ever.
        FakeDaemon::send(fd, chunk(second.substr(0, 10)) + chunk(second.substr(10)));
        FakeDaemon::read_to_end(fd);
    });
    Program program(daemon.host(), { "events", "--since", "1384000000" });
    std::string text;
    while (std::count(text.begin(), text.end(), '\n') < 2)
        text += program.read_some();
    BOOST_TEST(
        text == "2013-11-09T12:26:40Z   abc   create   (from busybox:latest)\n2013-11-09T12:26:41Z   def   delete\n");
    ::kill(program.pid(), SIGINT);
    BOOST_TEST(program.finish().code == 1000 + SIGINT);
    BOOST_TEST(daemon.lines().back() == "GET /v1.6/events?since=1384000000");
}

BOOST_AUTO_TEST_CASE(events_as_json_and_their_end)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/events", 200, R"({"status":"a","id":"1","time":1}{"status":"b","id":"2","time":2})");
    auto const outcome = call(daemon, { "events", "--format", "json" });
    BOOST_TEST(
        outcome.out == "{\"status\":\"a\",\"id\":\"1\",\"time\":1}\n{\"status\":\"b\",\"id\":\"2\",\"time\":2}\n");
    BOOST_TEST(outcome.code == 125);
    BOOST_TEST(outcome.err.starts_with(
        "staithe: the daemon has ended the stream of events\n  to go on: staithe events --since 20"));
    BOOST_TEST(daemon.lines().back() == "GET /v1.6/events");
    BOOST_TEST(call(daemon, { "events", "--since", "yesterday" }).code == 125);
    BOOST_TEST(daemon.lines().size() == 1u);
}

BOOST_AUTO_TEST_CASE(cp)
{
    FakeDaemon daemon;
    auto const archive = tar_member({ "etc/", '5', "", "", 0755 }) + tar_member({ "etc/hosts", '0', "127.0.0.1\n" })
        + tar_member({ "etc/tty", '3' }) + tar_end();
    daemon.answer("POST /v1.6/containers/web/copy", 200, archive);
    auto const target = daemon.directory();
    auto const outcome = call(daemon, { "cp", "web:/etc", target });
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.out == "");
    BOOST_TEST(outcome.err
        == "staithe: warning: left out devices and FIFOs: 1\n  to have them, too: staithe cp web:/etc - | tar -x\n");
    BOOST_TEST(content(target + "/etc/hosts") == "127.0.0.1\n");
    BOOST_TEST(daemon.body_of("POST /v1.6/containers/web/copy") == R"({"Resource":"/etc","HostPath":""})");
    BOOST_TEST((call(daemon, { "cp", "web:/etc", "-" }).out == archive));
    BOOST_TEST(call(daemon, { "cp", "web:/etc", target + "/new" }).code == 0);
    BOOST_TEST(content(target + "/new/hosts") == "127.0.0.1\n");
}

BOOST_AUTO_TEST_CASE(cp_that_fails)
{
    FakeDaemon daemon;
    daemon.answer("POST /v1.6/containers/web/copy", 500, "stat /x: no such file or directory\n");
    auto const target = daemon.directory();
    BOOST_TEST(call(daemon, { "cp", "web:/x", target }).err
        == "staithe: cannot copy 'web:/x': stat /x: no such file or directory\n");
    BOOST_TEST(call(daemon, { "cp", "nope:/x", target }).err.ends_with("\n  see: staithe ps -a\n"));
    BOOST_TEST(call(daemon, { "cp", "web", target }).err.starts_with("staithe: cannot use source 'web': "));
    BOOST_TEST(call(daemon, { "cp", "/etc/hosts", "web:/etc" })
                   .err.starts_with("staithe: files are copied out of containers only"));
    BOOST_TEST(call(daemon, { "cp", "web:/x", "/nonexistent/x" })
                   .err.starts_with("staithe: cannot copy 'web:/x': cannot use '/nonexistent/x' as a target: "));
    daemon.answer("POST /v1.6/containers/web/copy", 200, tar_member({ "../../evil", '0', "x" }) + tar_end());
    BOOST_TEST(call(daemon, { "cp", "web:/x", target })
                   .err.starts_with(
                       "staithe: cannot copy 'web:/x': the archive has a name that leads out of it: '../../evil'\n"));
    daemon.answer("POST /v1.6/containers/web/copy", 200, tar_member({ "x", '0', "half" }));
    BOOST_TEST(call(daemon, { "cp", "web:/x", target }).err
        == "staithe: cannot copy 'web:/x': the archive is damaged: it was cut\n");
}

BOOST_AUTO_TEST_SUITE_END()
