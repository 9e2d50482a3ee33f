// Terminals: real ones (pseudo-terminals), with the program as their foreground process.
#include "cli/terminal.hpp"

#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <future>

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/fake_daemon.hpp"
#include "tests/unit/cli/program.hpp"

using namespace staithe::test;
using staithe::UniqueFd;

namespace {

struct Pty {
    UniqueFd outer, inner;
    Pty()
    {
        int a = -1, b = -1;
        winsize size { 24, 80, 0, 0 };
        BOOST_REQUIRE(::openpty(&a, &b, nullptr, nullptr, &size) == 0);
        outer.reset(a);
        inner.reset(b);
    }
    bool is_raw() const
    {
        termios settings {};
        BOOST_REQUIRE(::tcgetattr(inner.get(), &settings) == 0);
        return !(settings.c_lflag & (ICANON | ECHO | ISIG));
    }
};

/// The program with a terminal as stdin, stdout and stderr.
pid_t start_on(Pty const& pty, std::string const& host, std::vector<std::string> const& words)
{
    pid_t const pid = ::fork();
    if (pid == 0) {
        ::setsid();
        ::ioctl(pty.inner.get(), TIOCSCTTY, 0);
        for (int fd = 0; fd < 3; ++fd)
            ::dup2(pty.inner.get(), fd);
        exec_staithe(host, words);
    }
    return pid;
}

std::string read_until(int fd, std::string const& end)
{
    std::string text;
    char c;
    while (text.find(end) == text.npos && ::read(fd, &c, 1) == 1)
        text += c;
    return text;
}

/// A container with a terminal that echoes nothing, ends when it reads "q", and exits with 5.
struct TtyContainer {
private:
    std::promise<std::string> m_input; // outlives the daemon's threads

public:
    FakeDaemon daemon;
    explicit TtyContainer(bool still_running = false)
    {
        daemon.answer("POST /v1.6/containers/create", 201, R"({"Id":"abc"})");
        daemon.script("POST /v1.6/containers/abc/attach", [this](int fd, auto const&) {
            FakeDaemon::send(fd, FakeDaemon::hijack_head);
            daemon.wait_for("POST /v1.6/containers/abc/start");
            FakeDaemon::send(fd, "ready");
            std::string input;
            char c;
            while (::recv(fd, &c, 1, 0) == 1) {
                input += c;
                if (c == 'q' || input.ends_with("\x10\x11"))
                    break;
            }
            m_input.set_value(std::move(input));
        });
        daemon.answer("POST /v1.6/containers/abc/start", 204, "");
        daemon.answer("POST /v1.6/containers/abc/resize", 200, "");
        daemon.answer("POST /v1.6/containers/abc/kill", 204, "");
        daemon.answer("POST /v1.6/containers/abc/wait", 200, R"({"StatusCode":5})");
        daemon.answer("DELETE /v1.6/containers/abc", 204, "");
        daemon.answer("GET /v1.6/containers/abc/json", 200,
            still_running ? R"({"ID":"abc","State":{"Running":true}})" : R"({"ID":"abc","State":{"Running":false}})");
    }
    /// What the program sent; once, when the container has ended.
    std::string input() { return m_input.get_future().get(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(terminal)

BOOST_AUTO_TEST_CASE(guard_restores_once)
{
    Pty pty;
    BOOST_TEST(!pty.is_raw());
    {
        staithe::cli::TerminalGuard guard;
        BOOST_REQUIRE(guard.make_raw(pty.inner.get()));
        BOOST_TEST(pty.is_raw());
        guard.restore();
        BOOST_TEST(!pty.is_raw());
        BOOST_REQUIRE(guard.make_raw(pty.inner.get()));
    }
    BOOST_TEST(!pty.is_raw());
}

BOOST_AUTO_TEST_CASE(guard_refuses_what_is_no_terminal)
{
    UniqueFd const file(::open("/dev/null", O_RDWR | O_CLOEXEC));
    staithe::cli::TerminalGuard guard;
    BOOST_TEST(!guard.make_raw(file.get()));
    BOOST_TEST(!staithe::cli::window_size(file.get()).has_value());
}

BOOST_AUTO_TEST_CASE(size_of_a_window)
{
    Pty pty;
    auto const size = staithe::cli::window_size(pty.inner.get());
    BOOST_REQUIRE(size.has_value());
    BOOST_TEST(size->height == 24);
    BOOST_TEST(size->width == 80);
}

BOOST_AUTO_TEST_CASE(run_with_a_terminal)
{
    TtyContainer container;
    Pty pty;
    pid_t const pid = start_on(pty, container.daemon.host(), { "run", "-it", "busybox" });
    BOOST_TEST(read_until(pty.outer.get(), "ready") == "ready");
    BOOST_TEST(pty.is_raw());
    container.daemon.wait_for("POST /v1.6/containers/abc/resize?h=24&w=80");
    winsize const larger { 50, 132, 0, 0 };
    ::ioctl(pty.outer.get(), TIOCSWINSZ, &larger); // the kernel sends SIGWINCH
    container.daemon.wait_for("POST /v1.6/containers/abc/resize?h=50&w=132");
    BOOST_REQUIRE(::write(pty.outer.get(),
                      "\x03\x1a"
                      "q",
                      3)
        == 3);
    BOOST_TEST(exit_of(pid) == 5);
    BOOST_TEST(container.input()
        == "\x03\x1a"
           "q"); // Ctrl-C and Ctrl-Z are the container's
    BOOST_TEST(!pty.is_raw());
    auto const body = container.daemon.body_of("POST /v1.6/containers/create");
    BOOST_TEST(body.find(R"("Tty":true)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(detached_by_keys)
{
    TtyContainer container(true);
    Pty pty;
    pid_t const pid = start_on(pty, container.daemon.host(), { "run", "-it", "--rm", "busybox" });
    read_until(pty.outer.get(), "ready");
    BOOST_REQUIRE(::write(pty.outer.get(), "\x10", 1) == 1);
    BOOST_REQUIRE(::write(pty.outer.get(), "\x11", 1) == 1);
    BOOST_TEST(
        read_until(pty.outer.get(), "attach abc").find("detached; container 'abc' goes on") != std::string::npos);
    BOOST_TEST(exit_of(pid) == 0);
    BOOST_TEST(!pty.is_raw());
    BOOST_TEST(container.daemon.lines().back() == "GET /v1.6/containers/abc/json");
}

BOOST_AUTO_TEST_CASE(restored_when_a_signal_ends_it)
{
    for (int const number : { SIGTERM, SIGHUP, SIGINT, SIGQUIT }) {
        TtyContainer container;
        Pty pty;
        pid_t const pid = start_on(pty, container.daemon.host(), { "run", "-it", "--rm", "busybox" });
        read_until(pty.outer.get(), "ready");
        container.daemon.wait_for("POST /v1.6/containers/abc/resize");
        ::kill(pid, number);
        BOOST_TEST(exit_of(pid) == 1000 + number);
        BOOST_TEST(!pty.is_raw());
        BOOST_TEST(container.daemon.lines().back() == "DELETE /v1.6/containers/abc?v=1");
    }
}

BOOST_AUTO_TEST_CASE(restored_when_the_start_fails)
{
    TtyContainer container;
    container.daemon.answer("POST /v1.6/containers/abc/start", 500, "no\n");
    Pty pty;
    pid_t const pid = start_on(pty, container.daemon.host(), { "run", "-it", "busybox" });
    BOOST_TEST(exit_of(pid) == 125);
    BOOST_TEST(!pty.is_raw());
}

BOOST_AUTO_TEST_CASE(tree_draws_what_the_terminal_has)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/images/viz", 200, " base -> \"abc\" [style=invis]\n");
    daemon.answer("GET /v1.6/images/json", 200, R"([{"Id":"abc","Created":0}])");
    ::setenv("LC_ALL", "C.UTF-8", 1);
    std::pair<char const*, char const*> const table[] = { { "xterm-256color", "└─ abc\r\n" }, { "linux", "└─ abc\r\n" },
        { "dumb", "`- abc\r\n" }, { "vt100", "`- abc\r\n" }, { "", "`- abc\r\n" } };
    for (auto const& [term, expected] : table) {
        Pty pty;
        ::setenv("TERM", term, 1);
        pid_t const pid = start_on(pty, daemon.host(), { "tree" });
        auto const text = read_until(pty.outer.get(), "abc\r\n");
        BOOST_TEST(text.ends_with(expected), term << ": " << text);
        BOOST_TEST(exit_of(pid) == 0);
    }
    ::unsetenv("LC_ALL");
}

BOOST_AUTO_TEST_CASE(what_was_found_does_not_follow_the_progress_on_its_line)
{
    FakeDaemon daemon;
    daemon.answer("GET /staithe/v1/images/verify", 200,
        R"({"status":"Verifying abc:latest"}{"Id":"abc","Tags":["abc:latest"],"Good":true,"Problem":""})");
    Pty pty;
    pid_t const pid = start_on(pty, daemon.host(), { "verify" });
    auto const text = read_until(pty.outer.get(), "latest\r\n");
    BOOST_TEST(text == "\r\033[KVerifying abc:latest\r\033[Kgood   abc   abc:latest\r\n");
    BOOST_TEST(exit_of(pid) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
