// The other commands against a fake daemon.
#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/fake_daemon.hpp"
#include "tests/unit/cli/program.hpp"

using namespace staithe::test;

namespace {

using Lines = std::vector<std::string>;

std::string const id64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
std::string const containers = R"([{"Id":")" + id64
    + R"(","Image":"busybox:latest","Command":"sh -c echo a very long command ","Created":0,"Status":"Up 2 minutes",)"
      R"("Ports":[{"PrivatePort":80,"PublicPort":8080,"Type":"tcp","IP":"0.0.0.0"},)"
      R"({"PrivatePort":0,"PublicPort":53,"Type":"udp","IP":""}],"SizeRw":0,"SizeRootFs":0,"Names":["/db/web","/web"]}])";
std::string const images = R"([{"Repository":"busybox","Tag":"latest","Id":")" + id64
    + R"(","Created":0,"Size":1,"VirtualSize":24653000},{"Id":"ffff","Created":0,"Size":1,"VirtualSize":5}])";
std::string const details = R"({"ID":")" + id64
    + R"(","State":{"Running":true,"StartedAt":"2026-01-01T00:00:00Z"},"Config":{"Tty":false,"OpenStdin":false}})";

Outcome call(FakeDaemon& daemon, Lines words, std::string const& input = {})
{
    return run_staithe(daemon.host(), std::move(words), input);
}

} // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(ps)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/json", 200, containers);
    auto const table = call(daemon, { "ps", "-a" });
    BOOST_TEST(table.code == 0);
    BOOST_TEST(table.out.starts_with("CONTAINER ID   IMAGE            COMMAND"));
    BOOST_TEST(table.out.find("0123456789ab   busybox:latest   \"sh -c echo a very l…\"   ") != std::string::npos);
    BOOST_TEST(table.out.find(" years ago   Up 2 minutes   0.0.0.0:8080->80/tcp, 53/udp   web, db/web\n")
        != std::string::npos);
    BOOST_TEST(
        call(daemon, { "ps", "--no-trunc" }).out.find("\"sh -c echo a very long command\"") != std::string::npos);
    BOOST_TEST(call(daemon, { "ps", "-q" }).out == "0123456789ab\n");
    BOOST_TEST(call(daemon, { "ps", "-q", "--no-trunc" }).out == id64 + "\n");
    BOOST_TEST(call(daemon, { "ps", "--format", "json", "-l" }).out == containers + "\n");
    BOOST_TEST(daemon.lines().front() == "GET /v1.6/containers/json?all=1");
    BOOST_TEST(daemon.lines().back() == "GET /v1.6/containers/json?limit=1");
    BOOST_TEST(call(daemon, { "ps", "--format", "yaml" }).code == 125);
}

BOOST_AUTO_TEST_CASE(ps_of_some)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/json", 200,
        R"([{"Id":"abc","Image":"i","Command":"c ","Created":0,"Status":"Exit 0","Ports":null,"SizeRw":12345,)"
        R"("SizeRootFs":1200000,"Names":["/web"]},{"Id":"def","SizeRw":0,"SizeRootFs":0}])");
    auto const sizes = call(daemon, { "ps", "-s", "-n", "5" }).out;
    BOOST_TEST(sizes.find("NAMES   SIZE\n") != std::string::npos);
    BOOST_TEST(sizes.find("web     12.35 kB (virtual 1.2 MB)\n") != std::string::npos);
    BOOST_TEST(sizes.ends_with("0 B\n"));
    call(daemon, { "ps", "--since", "web", "--before=db" });
    call(daemon, { "ps", "-n", "many" });
    BOOST_TEST(daemon.lines()
            == (Lines { "GET /v1.6/containers/json?limit=5&size=1", "GET /v1.6/containers/json?since=web&before=db" }),
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_to_list)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/json", 200, "null");
    daemon.answer("GET /v1.6/images/json", 200, "[]");
    BOOST_TEST(call(daemon, { "ps" }).out == "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n");
    BOOST_TEST(call(daemon, { "images", "--format=json" }).out == "[]\n");
}

BOOST_AUTO_TEST_CASE(image_list)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/images/json", 200, images);
    auto const out = call(daemon, { "images", "busy*" }).out;
    BOOST_TEST(out.find("busybox      latest   0123456789ab   ") != std::string::npos);
    BOOST_TEST(out.find("24.65 MB\n") != std::string::npos);
    BOOST_TEST(out.find("<none>       <none>   ffff") != std::string::npos);
    BOOST_TEST(daemon.lines().back() == "GET /v1.6/images/json?filter=busy%2A");
    BOOST_TEST(call(daemon, { "images", "-q" }).out == "0123456789ab\nffff\n");
}

BOOST_AUTO_TEST_CASE(import_from_file_and_stdin)
{
    FakeDaemon daemon;
    daemon.answer("POST /v1.6/images/create", 200,
        R"-({"status":"Importing","progress":"1 MB/? (n/a)"}{}{"status":"0123456789ab"})-");
    auto const path = daemon.directory() + "/a.tar";
    std::string const bytes(3 << 20, 't');
    std::ofstream(path) << bytes;
    auto const outcome = call(daemon, { "import", path, "localhost:5000/busybox:1.36" });
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.out == "0123456789ab\n");
    BOOST_TEST(outcome.err == "");
    BOOST_TEST(daemon.lines().front() == "POST /v1.6/images/create?fromSrc=-&repo=localhost%3A5000%2Fbusybox&tag=1.36");
    BOOST_TEST((daemon.body_of("POST /v1.6/images/create") == bytes));
    BOOST_TEST(call(daemon, { "import", "-" }, "some bytes").out == "0123456789ab\n");
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/images/create?fromSrc=-");
    BOOST_TEST(call(daemon, { "import", "http://x/a.tar", "b" }).code == 0);
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/images/create?fromSrc=http%3A%2F%2Fx%2Fa.tar&repo=b");
}

BOOST_AUTO_TEST_CASE(import_that_fails)
{
    FakeDaemon daemon;
    daemon.answer(
        "POST /v1.6/images/create", 200, R"({"status":"x"}{"error":"bad tar","errorDetail":{"message":"bad tar"}})");
    auto const in_band = call(daemon, { "import", "-" }, "x");
    BOOST_TEST(in_band.code == 125);
    BOOST_TEST(in_band.err == "staithe: cannot import '-': bad tar\n");
    daemon.answer("POST /v1.6/images/create", 200, R"({"status":"x"}no space left)");
    BOOST_TEST(call(daemon, { "import", "-" }, "x").err == "staithe: cannot import '-': no space left\n");
    BOOST_TEST(call(daemon, { "import", "/nonexistent" }).err
        == "staithe: cannot import '/nonexistent': cannot open '/nonexistent': No such file or directory\n");
    BOOST_TEST(
        call(daemon, { "import", "-", "busybox:" }).err.starts_with("staithe: cannot use image name 'busybox:'"));
    BOOST_TEST(call(daemon, { "import", "/tmp" }).err.find("is a directory\n  try: tar -C") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_early_answer_stops_an_upload)
{
    FakeDaemon daemon;
    daemon.leave_body_unread();
    daemon.answer("POST /v1.6/images/create", 500, "no space\n");
    Program program(daemon.host(), { "import", "-" });
    program.write("the first part, and then nothing for ever");
    BOOST_TEST(exit_of(program.pid()) == 125); // with its stdin still open
    BOOST_TEST(daemon.lines().size() == 1u);
}

BOOST_AUTO_TEST_CASE(inspect)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/web/json", 200, R"({"ID":"x","Path":"/bin/sh","Args":[]})");
    daemon.answer("GET /v1.6/images/img/json", 200, R"({"id":"y"})");
    auto const outcome = call(daemon, { "inspect", "web", "img", "none" });
    BOOST_TEST(outcome.code == 125);
    BOOST_TEST(outcome.out
        == "[\n    {\n        \"ID\": \"x\",\n        \"Path\": \"/bin/sh\",\n        \"Args\": []\n    },\n    {\n"
           "        \"id\": \"y\"\n    }\n]\n");
    BOOST_TEST(outcome.err == "staithe: there is no container or image 'none'\n  see: staithe ps -a, staithe images\n");
}

BOOST_AUTO_TEST_CASE(acts_on_many)
{
    FakeDaemon daemon;
    for (auto const* act : { "start", "stop", "restart", "kill" })
        daemon.answer("POST /v1.6/containers/a/" + std::string(act), 204, "");
    daemon.answer("POST /v1.6/containers/b/stop", 404, "No such container: b\n");
    daemon.answer("POST /v1.6/containers/a/wait", 200, R"({"StatusCode":137})");
    auto const stopped = call(daemon, { "stop", "-t", "3", "b", "a" });
    BOOST_TEST(stopped.code == 125);
    BOOST_TEST(stopped.out == "a\n");
    BOOST_TEST(stopped.err == "staithe: No such container: b\n  see: staithe ps -a\n");
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/containers/a/stop?t=3");
    BOOST_TEST(call(daemon, { "start", "a" }).out == "a\n");
    BOOST_TEST(call(daemon, { "restart", "a" }).out == "a\n");
    BOOST_TEST(call(daemon, { "wait", "a" }).out == "137\n");
    BOOST_TEST(call(daemon, { "kill", "a" }).out == "a\n");
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/containers/a/kill");
    BOOST_TEST(call(daemon, { "kill", "-s", "HUP", "a" }).out == "a\n");
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/containers/a/kill?signal=1");
    BOOST_TEST(call(daemon, { "kill", "-s", "NOPE", "a" }).code == 125);
    BOOST_TEST(call(daemon, { "stop", "-t", "-1", "a" }).code == 125);
}

BOOST_AUTO_TEST_CASE(rm)
{
    FakeDaemon daemon;
    daemon.answer("DELETE /v1.6/containers/a", 204, "");
    daemon.answer("DELETE /v1.6/containers/b", 406, "Impossible to remove a running container, please stop it first\n");
    daemon.answer("POST /v1.6/containers/b/kill", 204, "");
    BOOST_TEST(call(daemon, { "rm", "a" }).out == "a\n");
    auto const busy = call(daemon, { "rm", "b" });
    BOOST_TEST(busy.code == 125);
    BOOST_TEST(busy.err
        == "staithe: Impossible to remove a running container, please stop it first\n"
           "  try: staithe stop b, or: staithe rm -f b\n");
    call(daemon, { "rm", "b", "-f" });
    auto const lines = daemon.lines();
    BOOST_TEST(lines.at(lines.size() - 2) == "POST /v1.6/containers/b/kill");
    BOOST_TEST(lines.back() == "DELETE /v1.6/containers/b");
    call(daemon, { "rm", "-v", "a" });
    BOOST_TEST(daemon.lines().back() == "DELETE /v1.6/containers/a?v=1");
}

BOOST_AUTO_TEST_CASE(rm_link)
{
    FakeDaemon daemon;
    daemon.answer("DELETE /v1.6/containers/db/alias", 204, "");
    daemon.answer("DELETE /v1.6/containers/db", 409, "Conflict, cannot remove the default name of the container\n");
    BOOST_TEST(call(daemon, { "rm", "--link", "db/alias" }).out == "db/alias\n");
    BOOST_TEST(call(daemon, { "rm", "-link", "/db/alias" }).out == "/db/alias\n");
    BOOST_TEST(daemon.lines().back() == "DELETE /v1.6/containers/db/alias?link=1");
    BOOST_TEST(call(daemon, { "rm", "--link", "db" }).err
        == "staithe: Conflict, cannot remove the default name of the container\n"
           "  a link is PARENT/ALIAS; see the names in: staithe ps -a\n");
    BOOST_TEST(call(daemon, { "rm", "--link", "-f", "db/alias" }).code == 125);
    BOOST_TEST(daemon.lines().size() == 3u);
}

BOOST_AUTO_TEST_CASE(logs)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/web/json", 200, details);
    daemon.script("POST /v1.6/containers/0123456789ab/attach", [](int fd, auto const&) {
        // All in one packet, to see that what follows the head is not lost.
        FakeDaemon::send(fd, FakeDaemon::hijack_head + FakeDaemon::frame(1, "a\n") + FakeDaemon::frame(2, "b\n"));
    });
    auto const outcome = call(daemon, { "logs", "web" });
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.out == "a\n");
    BOOST_TEST(outcome.err == "b\n");
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/containers/0123456789ab/attach?logs=1&stream=0&stdout=1&stderr=1");
    call(daemon, { "logs", "-f", "web" });
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/containers/0123456789ab/attach?logs=1&stream=1&stdout=1&stderr=1");
}

BOOST_AUTO_TEST_CASE(logs_of_an_ended_container_do_not_wait)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/web/json", 200,
        R"({"ID":"x","State":{"Running":false,"StartedAt":"2026-01-01T00:00:00Z"},"Config":{"Tty":true}})");
    daemon.script("POST /v1.6/containers/x/attach",
        [](int fd, auto const&) { FakeDaemon::send(fd, std::string(FakeDaemon::hijack_head) + "raw\r\n"); });
    BOOST_TEST(call(daemon, { "logs", "-f", "web" }).out == "raw\r\n");
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/containers/x/attach?logs=1&stream=0&stdout=1&stderr=1");
    auto const attached = call(daemon, { "attach", "web" });
    BOOST_TEST(attached.code == 125);
    BOOST_TEST(attached.err
        == "staithe: container 'web' does not run\n  its output: staithe logs web; to run it again: staithe start "
           "web\n");
}

BOOST_AUTO_TEST_CASE(logs_as_json)
{
    FakeDaemon daemon;
    std::string const lines = R"({"log":"a\n","stream":"stdout","time":"2026-01-01T00:00:00Z"})"
                              "\n";
    daemon.answer("GET /staithe/v1/containers/web/logs", 200, lines);
    BOOST_TEST(call(daemon, { "logs", "--format", "json", "web" }).out == lines);
    BOOST_TEST(call(daemon, { "logs", "--format", "json", "-f", "web" }).code == 125);
}

BOOST_AUTO_TEST_CASE(attach)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/web/json", 200, details);
    daemon.script("POST /v1.6/containers/0123456789ab/attach",
        [](int fd, auto const&) { FakeDaemon::send(fd, FakeDaemon::hijack_head + FakeDaemon::frame(1, "live\n")); });
    daemon.answer("POST /v1.6/containers/0123456789ab/wait", 200, R"({"StatusCode":9})");
    auto const outcome = call(daemon, { "attach", "--no-stdin", "web" });
    BOOST_TEST(outcome.code == 9);
    BOOST_TEST(outcome.out == "live\n");
}

BOOST_AUTO_TEST_CASE(export_to_stdout_and_file)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/web/export", 200, "tar bytes");
    BOOST_TEST(call(daemon, { "export", "web" }).out == "tar bytes");
    auto const path = daemon.directory() + "/out.tar";
    BOOST_TEST(call(daemon, { "export", "-o", path, "web" }).code == 0);
    BOOST_TEST(std::filesystem::file_size(path) == 9u);
    BOOST_TEST(call(daemon, { "export", "-o", path, "none" }).code == 125);
    BOOST_TEST(!std::filesystem::exists(path));
    // A device is no half a file.
    auto const fifo = daemon.directory() + "/fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    staithe::UniqueFd const reader(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    BOOST_TEST(call(daemon, { "export", "-o", fifo, "none" }).code == 125);
    BOOST_TEST(std::filesystem::exists(fifo));
}

BOOST_AUTO_TEST_CASE(driver_list)
{
    FakeDaemon daemon;
    std::string const list = R"([{"Kind":"storage","Name":"overlay","Summary":"overlayfs","Version":"1","Package":"p",)"
                             R"("File":"/f","State":"ready","Reason":"","Default":true},)"
                             R"({"Kind":"storage","Name":"aufs","Summary":"AUFS","Version":"1","Package":"p",)"
                             R"("File":"/g","State":"unusable","Reason":"the kernel has no aufs","Default":false}])";
    daemon.answer("GET /staithe/v1/drivers", 200, list);
    BOOST_TEST(call(daemon, { "drivers" }).out
        == "KIND      NAME        VERSION   STATE      SUMMARY\nstorage   overlay *   1         ready      overlayfs\n"
           "storage   aufs        1         unusable   AUFS\n\nstorage-aufs: the kernel has no aufs\n");
    BOOST_TEST(call(daemon, { "drivers", "--format", "json" }).out == list + "\n");
}

BOOST_AUTO_TEST_CASE(info_and_version)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/info", 200, R"({"Debug":false,"Containers":3,"KernelVersion":"6.1","Drivers":["a"]})");
    daemon.answer("GET /v1.6/version", 200, R"({"Version":"0.1","GoVersion":"none"})");
    BOOST_TEST(call(daemon, { "info" }).out
        == "Debug:         false\nContainers:    3\nKernelVersion: 6.1\nDrivers:       [\"a\"]\n");
    auto const version = call(daemon, { "version" }).out;
    BOOST_TEST(version.starts_with("Client: "));
    BOOST_TEST(version.ends_with("Daemon: 0.1\n  GoVersion: none\n"));
    BOOST_TEST(
        call(daemon, { "version", "--format", "json" }).out.find(R"("Daemon":{"Version":"0.1","GoVersion":"none"})")
        != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_daemon)
{
    auto const outcome = run_staithe("unix:///nonexistent/sock", { "ps" });
    BOOST_TEST(outcome.code == 125);
    BOOST_TEST(outcome.err
        == "staithe: cannot reach the daemon at unix:///nonexistent/sock: No such file or directory\n"
           "  is staithed running? try: systemctl start staithe\n");
    BOOST_TEST(run_staithe("tcp://127.0.0.1:1", { "ps" })
                   .err.starts_with("staithe: cannot reach the daemon at tcp://127.0.0.1:1: Connection refused\n"));
    BOOST_TEST(
        run_staithe("nonsense://", { "ps" }).err.starts_with("staithe: STAITHE_HOST: cannot use host 'nonsense://'"));
}

BOOST_AUTO_TEST_CASE(host_flag_wins_wherever_it_stands)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/json", 200, "[]");
    for (Lines const& words : { Lines { "-H", daemon.host(), "ps" }, Lines { "--host=" + daemon.host(), "ps" },
             Lines { "-H=" + daemon.host(), "ps" }, Lines { "ps", "-H", daemon.host() } })
        BOOST_TEST(run_staithe("unix:///nonexistent", words).code == 0);
}

BOOST_AUTO_TEST_CASE(help_and_mistakes)
{
    auto const help = run_staithe("", { "help", "run" });
    BOOST_TEST(help.code == 0);
    BOOST_TEST(help.out.starts_with("usage: staithe run [FLAG…] IMAGE"));
    BOOST_TEST(run_staithe("", { "run", "--help" }).out == help.out);
    BOOST_TEST(run_staithe("", { "--help" }).out == run_staithe("", {}).out);
    BOOST_TEST(run_staithe("", { "--version" }).out.starts_with("staithe "));
    std::pair<Lines, char const*> const mistakes[] = {
        { { "rnu" }, "staithe: unknown command 'rnu'; did you mean 'run'?\n  see: staithe --help\n" },
        { { "xyzzy" }, "staithe: unknown command 'xyzzy'\n  see: staithe --help\n" },
        { { "--frob" }, "staithe: unknown flag '--frob'\n  see: staithe --help\n" },
        { { "ps", "--al" }, "staithe: unknown flag '--al'; did you mean '--all'?\n  see: staithe ps --help\n" },
        { { "ps", "x" }, "staithe: 'ps' has no use for 'x'\n  see: staithe ps --help\n" },
        { { "stop" }, "staithe: 'stop' needs CONTAINER [CONTAINER…]\n  see: staithe stop --help\n" },
        { { "stop", "" }, "staithe: an empty name was given to 'stop'\n  see: staithe stop --help\n" },
        { { "help", "rnu" }, "staithe: unknown command 'rnu'; did you mean 'run'?\n  see: staithe --help\n" },
    };
    for (auto const& [words, expected] : mistakes) {
        auto const outcome = run_staithe("unix:///nonexistent", words);
        BOOST_TEST(outcome.code == 125);
        BOOST_TEST(outcome.err == expected);
    }
}

BOOST_AUTO_TEST_SUITE_END()
