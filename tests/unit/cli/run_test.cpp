// `staithe run` and `attach` against a fake daemon: what goes over the wire, in which order, and what comes out.
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/fake_daemon.hpp"
#include "tests/unit/cli/program.hpp"

using namespace staithe::test;

namespace {

using Lines = std::vector<std::string>;

/// A container "abc" that prints `frames` once it was started and its input has ended, and exits with `code`.
struct Container {
    explicit Container(std::string frames = "", int code = 0)
    {
        daemon.answer("POST /v1.6/containers/create", 201, R"({"Id":"abc"})");
        daemon.script("POST /v1.6/containers/abc/attach", [this, frames](int fd, auto const&) {
            FakeDaemon::send(fd, FakeDaemon::hijack_head);
            m_input.set_value(FakeDaemon::read_to_end(fd));
            daemon.wait_for("POST /v1.6/containers/abc/start");
            FakeDaemon::send(fd, frames);
        });
        daemon.answer("POST /v1.6/containers/abc/start", 204, "");
        daemon.answer("POST /v1.6/containers/abc/wait", 200, R"({"StatusCode":)" + std::to_string(code) + "}");
        daemon.answer("DELETE /v1.6/containers/abc", 204, "");
    }
    Outcome run(Lines words, std::string const& given = {})
    {
        words.insert(words.begin(), "run");
        return run_staithe(daemon.host(), words, given);
    }
    /// What the program sent after its request; once, when that has ended.
    std::string input() { return m_input.get_future().get(); }

private:
    std::promise<std::string> m_input; // outlives the daemon's threads

public:
    FakeDaemon daemon;
};

/// A container that runs until a request that begins with `line` has come.
void run_until(Container& container, std::string const& line)
{
    container.daemon.script("POST /v1.6/containers/abc/attach", [&container, line](int fd, auto const&) {
        FakeDaemon::send(fd, std::string(FakeDaemon::hijack_head) + FakeDaemon::frame(1, "up\n"));
        container.daemon.wait_for(line);
    });
}

void read_line(Program&, FakeDaemon& daemon)
{
    // The program sends signals on only when the container runs, and remembers earlier ones: both are good here.
    daemon.wait_for("POST /v1.6/containers/abc/start");
}

size_t count(Lines const& lines, std::string const& line)
{
    return static_cast<size_t>(std::count(lines.begin(), lines.end(), line));
}

} // namespace

BOOST_AUTO_TEST_SUITE(run)

BOOST_AUTO_TEST_CASE(order_on_the_wire_and_streams_apart)
{
    Container container(
        FakeDaemon::frame(1, "out\n") + FakeDaemon::frame(2, "err\n") + FakeDaemon::frame(1, "more\n"), 7);
    auto const outcome = container.run({ "busybox", "sh", "-c", "exit 7" });
    BOOST_TEST(outcome.code == 7);
    BOOST_TEST(outcome.out == "out\nmore\n");
    BOOST_TEST(outcome.err == "err\n");
    BOOST_TEST(container.daemon.lines()
            == (Lines { "POST /v1.6/containers/create", "POST /v1.6/containers/abc/attach?stream=1&stdout=1&stderr=1",
                "POST /v1.6/containers/abc/start", "POST /v1.6/containers/abc/wait" }),
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bodies)
{
    Container container;
    ::setenv("STAITHE_TEST_SET", "from here", 1);
    container.run({ "-i", "--name", "we b", "-e", "A=1", "-e", "STAITHE_TEST_SET", "-e", "STAITHE_TEST_UNSET", "-w",
        "/tmp", "-u", "nobody", "-m", "64m", "--hostname", "box", "--entrypoint", "/bin/sh", "--privileged", "img:1",
        "-c", "exit" });
    BOOST_TEST(container.daemon.lines().front() == "POST /v1.6/containers/create?name=we%20b");
    BOOST_TEST(container.daemon.body_of("POST /v1.6/containers/create")
        == R"({"Hostname":"box","Domainname":"","User":"nobody","Memory":67108864,"AttachStdin":true,"AttachStdout":true,)"
           R"("AttachStderr":true,"Tty":false,"OpenStdin":true,"StdinOnce":true,"Env":["A=1",)"
           R"("STAITHE_TEST_SET=from here"],"Cmd":["-c","exit"],"Image":"img:1","WorkingDir":"/tmp",)"
           R"("Entrypoint":["/bin/sh"]})");
    BOOST_TEST(container.daemon.body_of("POST /v1.6/containers/abc/start") == R"({"Privileged":true})");
    BOOST_TEST(container.daemon.lines().at(1) == "POST /v1.6/containers/abc/attach?stream=1&stdin=1&stdout=1&stderr=1");
}

BOOST_AUTO_TEST_CASE(bodies_with_network_and_volumes)
{
    Container container;
    auto const path = container.daemon.directory() + "/cid";
    auto const outcome = container.run({ "-d", "-p", "127.0.0.1:8080:80", "-p", "81:80", "-p", "53/udp", "-P",
        "--expose=443", "-v", "/h:/c:ro", "-v", "/data", "-v=/h2:/c2", "-volumes-from", "a", "--volumes-from=b",
        "-link", "db:database", "-dns", "1.2.3.4", "-dns=5.6.7.8", "-h", "box.example.com", "-c", "512", "-lxc-conf",
        "lxc.a = 1,2", "-n=false", "-cidfile", path, "img" });
    BOOST_TEST(outcome.code == 0, outcome.err);
    BOOST_TEST(container.daemon.body_of("POST /v1.6/containers/create")
        == R"({"Hostname":"box","Domainname":"example.com","User":"","CpuShares":512,"AttachStdin":false,)"
           R"("AttachStdout":false,"AttachStderr":false,"ExposedPorts":{"443/tcp":{},"80/tcp":{},"53/udp":{}},)"
           R"("Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":[],"Dns":["1.2.3.4","5.6.7.8"],"Image":"img",)"
           R"("Volumes":{"/c":{},"/data":{},"/c2":{}},"VolumesFrom":"a,b","WorkingDir":"","NetworkDisabled":true})");
    BOOST_TEST(container.daemon.body_of("POST /v1.6/containers/abc/start")
        == R"({"Binds":["/h:/c:ro","/h2:/c2"],"ContainerIDFile":")" + path
            + R"(","LxcConf":[{"Key":"lxc.a","Value":"1,2"}],)"
              R"("PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"},{"HostIp":"","HostPort":"81"}],)"
              R"("53/udp":[{"HostIp":"","HostPort":""}]},"Links":["db:database"],"PublishAllPorts":true})");
    std::ifstream file(path);
    std::string id;
    file >> id;
    BOOST_TEST(id == "abc");
}

BOOST_AUTO_TEST_CASE(the_id_file)
{
    Container container;
    auto const path = container.daemon.directory() + "/cid";
    std::ofstream(path) << "other";
    auto const taken = container.run({ "-d", "--cidfile", path, "img" });
    BOOST_TEST(taken.code == 125);
    BOOST_TEST(taken.err
        == "staithe: cannot write the id to '" + path
            + "': the file exists\n  if the container that it names is no longer needed, remove the file\n");
    BOOST_TEST(container.daemon.lines().empty());
    std::filesystem::remove(path);
    // None is left when there is no container.
    FakeDaemon empty;
    BOOST_TEST(run_staithe(empty.host(), { "run", "-d", "--cidfile", path, "img" }).code == 125);
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(created)
{
    Container container;
    auto const outcome = run_staithe(
        container.daemon.host(), { "create", "-i", "--name", "web", "-p", "80", "--privileged", "img", "cat" });
    BOOST_TEST(outcome.out == "abc\n");
    BOOST_TEST(container.daemon.lines() == (Lines { "POST /v1.6/containers/create?name=web" }),
        boost::test_tools::per_element());
    BOOST_TEST(container.daemon.body_of("POST /v1.6/containers/create")
        == R"({"Hostname":"","Domainname":"","User":"","AttachStdin":true,"AttachStdout":true,"AttachStderr":true,)"
           R"("ExposedPorts":{"80/tcp":{}},"Tty":false,"OpenStdin":true,"StdinOnce":true,"Env":[],"Cmd":["cat"],)"
           R"("Image":"img","WorkingDir":"","HostConfig":{"Privileged":true,)"
           R"("PortBindings":{"80/tcp":[{"HostIp":"","HostPort":""}]}}})");
}

BOOST_AUTO_TEST_CASE(attached_to_some_streams)
{
    Container out(FakeDaemon::frame(1, "x"), 3);
    auto const outcome = out.run({ "-a", "stdout", "img" });
    BOOST_TEST(outcome.code == 3);
    BOOST_TEST(outcome.out == "x");
    BOOST_TEST(out.daemon.lines().at(1) == "POST /v1.6/containers/abc/attach?stream=1&stdout=1");
    BOOST_TEST(out.daemon.body_of("POST /v1.6/containers/create").find(R"("AttachStderr":false)") != std::string::npos);

    // Input alone: the id is printed, and nobody waits for the end.
    Container in("", 3);
    auto const sent = in.run({ "-a", "stdin", "img" }, "some bytes");
    BOOST_TEST(sent.code == 0);
    BOOST_TEST(sent.out == "abc\n");
    BOOST_TEST(in.input() == "some bytes");
    BOOST_TEST(in.daemon.lines().back() == "POST /v1.6/containers/abc/start");
    BOOST_TEST(in.daemon.lines().at(1) == "POST /v1.6/containers/abc/attach?stream=1&stdin=1");
    BOOST_TEST(in.daemon.body_of("POST /v1.6/containers/create").find(R"("StdinOnce":true)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(started_and_attached)
{
    Container container(FakeDaemon::frame(1, "again\n"), 4);
    container.daemon.answer("GET /v1.6/containers/web/json", 200,
        R"({"ID":"abc","State":{"Running":false,"StartedAt":"2026-01-01T00:00:00Z"},)"
        R"("Config":{"Tty":false,"OpenStdin":true,"StdinOnce":true}})");
    auto const outcome = run_staithe(container.daemon.host(), { "start", "-a", "-i", "web" }, "input");
    BOOST_TEST(outcome.code == 4);
    BOOST_TEST(outcome.out == "again\n");
    BOOST_TEST(container.input() == "input");
    BOOST_TEST(container.daemon.lines()
            == (Lines { "GET /v1.6/containers/web/json",
                "POST /v1.6/containers/abc/attach?stream=1&stdin=1&stdout=1&stderr=1",
                "POST /v1.6/containers/abc/start", "POST /v1.6/containers/abc/wait" }),
        boost::test_tools::per_element());
    BOOST_TEST(container.daemon.body_of("POST /v1.6/containers/abc/start") == "");
    BOOST_TEST(run_staithe(container.daemon.host(), { "start", "-a", "web", "db" }).err
        == "staithe: -a and -i are for one container\n  see: staithe start --help\n");
}

BOOST_AUTO_TEST_CASE(started_without_input_or_running)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/web/json", 200, R"({"ID":"abc","State":{"Running":false},"Config":{}})");
    BOOST_TEST(run_staithe(daemon.host(), { "start", "-i", "web" }).err
        == "staithe: container 'web' was made without an input\n  leave -i out\n");
    daemon.answer("GET /v1.6/containers/web/json", 200, R"({"ID":"abc","State":{"Running":true},"Config":{}})");
    BOOST_TEST(run_staithe(daemon.host(), { "start", "-a", "web" }).err
        == "staithe: container 'web' runs already\n  to see it: staithe attach web\n");
    BOOST_TEST(daemon.lines().size() == 2u);
}

BOOST_AUTO_TEST_CASE(detached)
{
    Container container;
    auto const outcome = container.run({ "-d", "busybox" });
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.out == "abc\n");
    BOOST_TEST(container.daemon.lines().size() == 2u);
    auto const body = container.daemon.body_of("POST /v1.6/containers/create");
    BOOST_TEST(body.find(R"("AttachStdout":false)") != std::string::npos);
    BOOST_TEST(body.find("\"Cmd\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(input_is_sent_whole_and_half_closed)
{
    Container container(FakeDaemon::frame(1, "done\n"));
    std::string input(20 << 20, 'x');
    for (size_t i = 0; i < input.size(); i += 4096)
        input[i] = static_cast<char>(i >> 12);
    auto const outcome = container.run({ "-i", "busybox", "wc", "-c" }, input);
    BOOST_TEST(outcome.out == "done\n");
    BOOST_TEST((container.input() == input));
}

BOOST_AUTO_TEST_CASE(input_and_output_at_the_same_time)
{
    Container container;
    container.daemon.script("POST /v1.6/containers/abc/attach", [](int fd, auto const&) {
        FakeDaemon::send(fd, FakeDaemon::hijack_head);
        char buffer[65536];
        ssize_t n;
        while ((n = ::read(fd, buffer, sizeof buffer)) > 0)
            FakeDaemon::send(fd, FakeDaemon::frame(1, { buffer, static_cast<size_t>(n) }));
    });
    std::string const input(8 << 20, 'y');
    BOOST_TEST((container.run({ "-i", "busybox", "cat" }, input).out == input));
}

BOOST_AUTO_TEST_CASE(without_input_the_daemon_is_told_at_once)
{
    Container container(FakeDaemon::frame(1, "x"));
    Program program(container.daemon.host(), { "run", "busybox" });
    program.write("ignored");
    auto const outcome = program.finish();
    BOOST_TEST(outcome.out == "x");
    BOOST_TEST(container.input() == "");
}

BOOST_AUTO_TEST_CASE(exit_codes_of_the_container)
{
    for (int const code : { 0, 1, 125, 126, 127, 137, 143, 255 }) {
        Container container("", code);
        BOOST_TEST(container.run({ "busybox" }).code == code);
    }
}

BOOST_AUTO_TEST_CASE(removed_in_every_outcome)
{
    Container good("", 3);
    BOOST_TEST(good.run({ "--rm", "busybox" }).code == 3);
    BOOST_TEST(good.daemon.lines().back() == "DELETE /v1.6/containers/abc?v=1");

    Container no_start;
    no_start.daemon.answer("POST /v1.6/containers/abc/start", 500, "Cannot start container abc: because\n");
    auto const outcome = no_start.run({ "-rm", "busybox" });
    BOOST_TEST(outcome.code == 125);
    BOOST_TEST(outcome.err == "staithe: Cannot start container abc: because\n");
    BOOST_TEST(no_start.daemon.lines().back() == "DELETE /v1.6/containers/abc?v=1");

    Container no_attach;
    no_attach.daemon.answer("POST /v1.6/containers/abc/attach", 500, "no\n");
    BOOST_TEST(no_attach.run({ "--rm", "busybox" }).code == 125);
    BOOST_TEST(no_attach.daemon.lines().back() == "DELETE /v1.6/containers/abc?v=1");

    Container cut(FakeDaemon::frame(1, "abc").substr(0, 9));
    auto const broken = cut.run({ "--rm", "busybox" });
    BOOST_TEST(broken.code == 125);
    BOOST_TEST(broken.err == "staithe: the container's output was cut\n");
    BOOST_TEST(cut.daemon.lines().back() == "DELETE /v1.6/containers/abc?v=1");
}

BOOST_AUTO_TEST_CASE(a_running_container_is_killed_before_it_is_removed)
{
    Container container;
    container.daemon.answer("POST /v1.6/containers/abc/wait", 500, "lost\n");
    container.daemon.answer("DELETE /v1.6/containers/abc", 406, "Impossible to remove a running container\n");
    container.daemon.answer("POST /v1.6/containers/abc/kill", 204, "");
    BOOST_TEST(container.run({ "--rm", "busybox" }).code == 125);
    auto const lines = container.daemon.lines();
    BOOST_TEST(lines.at(lines.size() - 2) == "POST /v1.6/containers/abc/kill");
    BOOST_TEST(lines.back() == "DELETE /v1.6/containers/abc?v=1");
}

BOOST_AUTO_TEST_CASE(unknown_image_says_what_to_do)
{
    FakeDaemon daemon;
    daemon.answer("POST /v1.6/containers/create", 404, "No such image: nope (tag: latest)\n");
    auto const outcome = run_staithe(daemon.host(), { "run", "--rm", "nope" });
    BOOST_TEST(outcome.code == 125);
    BOOST_TEST(outcome.err
        == "staithe: No such image: nope (tag: latest)\n"
           "  see: staithe images; to make it from an archive: staithe import FILE nope\n");
    BOOST_TEST(daemon.lines().size() == 1u);
}

BOOST_AUTO_TEST_CASE(warnings_are_shown_and_harmless)
{
    Container container;
    container.daemon.answer("POST /v1.6/containers/create", 201, R"({"Id":"abc","Warnings":["no swap \u001b[31m"]})");
    BOOST_TEST(container.run({ "busybox" }).err == "staithe: warning: no swap ?[31m\n");
}

BOOST_AUTO_TEST_CASE(mistakes_reach_no_daemon)
{
    FakeDaemon daemon;
    for (Lines const& words : { Lines { "run" }, Lines { "run", "-m", "lots", "img" },
             Lines { "run", "-d", "--rm", "img" }, Lines { "run", "-it", "img" }, Lines { "run", "--nope", "img" },
             Lines { "run", "" }, Lines { "run", "-d", "-a", "stdout", "img" }, Lines { "run", "-a", "stdwhat", "img" },
             Lines { "run", "--rm", "-a", "stdin", "img" }, Lines { "run", "-p", "x", "img" },
             Lines { "run", "-v", "data:/x", "img" }, Lines { "run", "--link", "db", "img" },
             Lines { "run", "--expose", "80:80", "img" }, Lines { "run", "-c", "many", "img" },
             Lines { "run", "--lxc-conf", "x", "img" }, Lines { "create", "-p", "99999", "img" },
             Lines { "create", "--rm", "img" }, Lines { "start", "-v", "/c", "-p", "x", "web" } }) {
        auto const outcome = run_staithe(daemon.host(), words);
        BOOST_TEST(outcome.code == 125);
        BOOST_TEST(outcome.out == "");
        BOOST_TEST(outcome.err.starts_with("staithe: "));
    }
    BOOST_TEST(daemon.lines().empty());
}

BOOST_AUTO_TEST_CASE(signals_are_passed_on)
{
    for (int const number : { SIGINT, SIGTERM, SIGQUIT, SIGHUP }) {
        auto const line = "POST /v1.6/containers/abc/kill?signal=" + std::to_string(number);
        Container container("", 128 + number);
        run_until(container, line);
        container.daemon.answer("POST /v1.6/containers/abc/kill", 204, "");
        Program program(container.daemon.host(), { "run", "busybox", "sleep", "100" });
        read_line(program, container.daemon);
        ::kill(program.pid(), number);
        auto const outcome = program.finish();
        BOOST_TEST(outcome.code == 128 + number);
        BOOST_TEST(outcome.out == "up\n");
        BOOST_TEST(count(container.daemon.lines(), line) == 1u);
    }
}

BOOST_AUTO_TEST_CASE(the_exit_code_is_asked_for_again_while_the_daemon_is_away)
{
    Container container;
    auto const asked = std::make_shared<std::atomic<int>>(0);
    container.daemon.script("POST /v1.6/containers/abc/wait", [asked](int fd, auto const&) {
        if (++*asked > 2)
            FakeDaemon::send(fd, FakeDaemon::reply(200, R"({"StatusCode":4})"));
    });
    BOOST_TEST(container.run({ "busybox" }).code == 4);
    BOOST_TEST(*asked == 3);
}

BOOST_AUTO_TEST_CASE(the_third_interrupt_kills)
{
    Container container("", 137);
    auto const seen = std::make_shared<std::atomic<int>>(0);
    container.daemon.script("POST /v1.6/containers/abc/kill", [seen](int fd, auto const&) {
        FakeDaemon::send(fd, FakeDaemon::reply(204, ""));
        ++*seen;
        seen->notify_all();
    });
    container.daemon.script("POST /v1.6/containers/abc/attach", [seen](int fd, auto const&) {
        FakeDaemon::send(fd, FakeDaemon::hijack_head);
        for (int n; (n = *seen) < 3;)
            seen->wait(n);
    });
    Program program(container.daemon.host(), { "run", "--rm", "busybox" });
    read_line(program, container.daemon);
    for (int sent = 0; sent < 3; ++sent) {
        ::kill(program.pid(), SIGINT);
        seen->wait(sent);
    }
    auto const outcome = program.finish();
    BOOST_TEST(outcome.code == 137);
    auto const lines = container.daemon.lines();
    BOOST_TEST(count(lines, "POST /v1.6/containers/abc/kill?signal=2") == 2u);
    BOOST_TEST(count(lines, "POST /v1.6/containers/abc/kill") == 1u);
    BOOST_TEST(lines.back() == "DELETE /v1.6/containers/abc?v=1");
}

BOOST_AUTO_TEST_CASE(interrupted_before_the_container_exists)
{
    Container container;
    container.daemon.script("POST /v1.6/containers/create", [&](int fd, auto const&) {
        FakeDaemon::read_to_end(fd); // never answered
    });
    Program program(container.daemon.host(), { "run", "--rm", "busybox" });
    container.daemon.wait_for("POST /v1.6/containers/create");
    ::kill(program.pid(), SIGTERM);
    ::kill(program.pid(), SIGINT);
    auto const code = program.finish().code;
    BOOST_TEST((code == 1000 + SIGINT || code == 1000 + SIGTERM));
}

BOOST_AUTO_TEST_CASE(interrupted_while_it_is_created)
{
    Container container;
    pid_t pid = 0;
    std::mutex mutex;
    mutex.lock();
    container.daemon.script("POST /v1.6/containers/create", [&](int fd, auto const&) {
        mutex.lock();
        ::kill(pid, SIGTERM);
        mutex.unlock();
        // The signal is blocked in every thread but the watching one, which has it before this answer is read.
        std::string status;
        while (true) {
            FILE* const file = std::fopen(("/proc/" + std::to_string(pid) + "/status").c_str(), "re");
            char line[256];
            status.clear();
            while (std::fgets(line, sizeof line, file))
                status += line;
            std::fclose(file);
            auto const at = status.find("ShdPnd:");
            if (std::stoull(status.substr(at + 8), nullptr, 16) == 0)
                break;
        }
        FakeDaemon::send(fd, FakeDaemon::reply(201, R"({"Id":"abc"})"));
    });
    Program program(container.daemon.host(), { "run", "busybox" });
    pid = program.pid();
    mutex.unlock();
    auto const code = program.finish().code;
    auto const lines = container.daemon.lines();
    // Either seen before the start (then the container is gone again), or just after it (then it was passed on).
    if (code == 128 + SIGTERM)
        BOOST_TEST(lines.back() == "DELETE /v1.6/containers/abc?v=1");
    else
        BOOST_TEST(count(lines, "POST /v1.6/containers/abc/kill?signal=15") == 1u);
}

BOOST_AUTO_TEST_CASE(a_closed_reader_ends_it)
{
    Container container;
    container.daemon.script("POST /v1.6/containers/abc/attach", [](int fd, auto const&) {
        FakeDaemon::send(fd, FakeDaemon::hijack_head);
        auto const frame = FakeDaemon::frame(1, std::string(4096, 'y'));
        for (int i = 0; i < 100000; ++i) {
            if (::send(fd, frame.data(), frame.size(), MSG_NOSIGNAL) < 0)
                return;
        }
    });
    Program program(container.daemon.host(), { "run", "--rm", "busybox", "yes" });
    program.close_output();
    BOOST_TEST(program.finish().code == 128 + SIGPIPE);
    BOOST_TEST(container.daemon.lines().back() == "DELETE /v1.6/containers/abc?v=1");
}

BOOST_AUTO_TEST_SUITE_END()
