#include "daemon/processes/processes.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "daemon/os/clock.hpp"
#include "daemon/os/file.hpp"

using namespace staithe;
using namespace std::chrono_literals;
using processes::list;

namespace {

/// A child that does something until it is killed.
class Child {
public:
    explicit Child(std::function<void()> const& body)
    {
        m_pid = ::fork();
        if (m_pid == 0) {
            body();
            ::_exit(0);
        }
    }
    Child(Child const&) = delete;
    ~Child() // with its whole family, which would outlive it
    {
        ::kill(m_pid, SIGSTOP);
        if (auto const family = list(m_pid, "-o pid"))
            for (auto const& row : family.value().rows)
                ::kill(std::stoi(row[0]), SIGKILL);
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
    pid_t pid() const { return m_pid; }

private:
    pid_t m_pid;
};

void run(std::vector<char const*> arguments)
{
    arguments.push_back(nullptr);
    ::execvp(arguments[0], const_cast<char**>(arguments.data()));
    ::_exit(127);
}

/// Starts one more process that outlives the caller's wish to wait for it.
void beside(std::function<void()> const& body)
{
    if (::fork() == 0)
        body();
}

std::string output_of(std::string const& command)
{
    std::string text;
    FILE* const pipe = ::popen(command.c_str(), "re");
    char buffer[4096];
    while (size_t const n = std::fread(buffer, 1, sizeof buffer, pipe))
        text.append(buffer, n);
    ::pclose(pipe);
    return text;
}

std::string trimmed(std::string const& text)
{
    size_t const first = text.find_first_not_of(" \n"), last = text.find_last_not_of(" \n");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

bool has_ps()
{
    return output_of("ps --version 2>/dev/null").find("procps") != std::string::npos;
}

api::ProcessTable table(pid_t init, std::string_view ps_args)
{
    auto listed = list(init, ps_args);
    BOOST_TEST_INFO((listed ? "" : listed.error().message));
    BOOST_REQUIRE(listed);
    for (auto const& row : listed.value().rows)
        BOOST_REQUIRE(row.size() == listed.value().titles.size());
    return std::move(listed).value();
}

void await_rows(pid_t init, size_t count)
{
    auto const deadline = os::Deadline::after(20s);
    while (table(init, "").rows.size() != count && !deadline.passed())
        std::this_thread::sleep_for(5ms);
    BOOST_REQUIRE(table(init, "").rows.size() == count);
}

/// A little family: names, states, priorities and threads of all kinds.
void family()
{
    beside([] { run({ "sleep", "1000" }); });
    beside([] { run({ "sh", "-c", "while :; do sleep 1000; done", "an  argument", "" }); }); // and its own child
    beside([] {
        ::setpriority(PRIO_PROCESS, 0, 5);
        ::setsid();
        ::prctl(PR_SET_NAME, "a) R (b");
        ::pause();
    });
    beside([] {
        std::thread second([] { ::pause(); });
        ::mlock(&second, sizeof second);
        ::pause();
    });
    beside([] { ::_exit(0); }); // a zombie
    ::pause();
}

constexpr size_t family_size = 7;

constexpr char const* fields[] = { "%cpu", "%mem", "addr", "args", "bsdstart", "bsdtime", "c", "cgroup", "class", "cls",
    "cmd", "comm", "command", "cputime", "cputimes", "egid", "egroup", "etime", "etimes", "euid", "euser", "f", "fgid",
    "fgroup", "flag", "flags", "fuid", "fuser", "gid", "group", "intpri", "label", "lstart", "lwp", "maj_flt", "majflt",
    "min_flt", "minflt", "ni", "nice", "nlwp", "opri", "pcpu", "pgid", "pgrp", "pid", "pmem", "policy", "ppid", "pri",
    "priority", "psr", "rgid", "rgroup", "rss", "rssize", "rsz", "rtprio", "ruid", "ruser", "s", "sess", "session",
    "sgid", "sgroup", "sid", "spid", "start", "start_time", "stat", "state", "stime", "suid", "suser", "sz", "tgid",
    "thcount", "tid", "time", "tname", "tpgid", "tt", "tty", "ucmd", "ucomm", "uid", "uname", "user", "vsize", "vsz",
    "wchan" };

/// Our column and that of ps, each as lines.
std::pair<std::string, std::string> both(pid_t init, std::string const& field, std::string const& pids)
{
    auto const ours = table(init, "-o " + field);
    std::string mine = ours.titles.at(0) + "\n", theirs;
    for (auto const& row : ours.rows)
        mine += row.at(0) + "\n";
    auto const printed = output_of("ps -ww -o " + field + " -p " + pids);
    for (size_t at = 0; at < printed.size(); at = printed.find('\n', at) + 1)
        theirs += trimmed(printed.substr(at, printed.find('\n', at) - at)) + "\n";
    return { mine, theirs };
}

std::string pids_of(pid_t init)
{
    std::string pids;
    for (auto const& row : table(init, "-o pid").rows)
        pids += (pids.empty() ? "" : ",") + row[0];
    return pids;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_column_agrees_with_ps)
{
    if (!has_ps()) {
        BOOST_TEST_MESSAGE("skipped: no procps here");
        return;
    }
    Child const init(family);
    await_rows(init.pid(), family_size);
    std::this_thread::sleep_for(300ms);
    auto const pids = pids_of(init.pid());
    for (auto const* field : fields) {
        std::pair<std::string, std::string> seen;
        for (int attempt = 0; attempt < 5; ++attempt) // a second may begin between the two
            if (seen = both(init.pid(), field, pids); seen.first == seen.second)
                break;
        BOOST_TEST(seen.first == seen.second, field << ": " << seen.first << "but ps says " << seen.second);
    }
}

BOOST_AUTO_TEST_CASE(the_usual_tables_agree_with_ps)
{
    if (!has_ps()) {
        BOOST_TEST_MESSAGE("skipped: no procps here");
        return;
    }
    Child const init(family);
    await_rows(init.pid(), family_size);
    auto const pids = pids_of(init.pid());
    for (std::string const ps_args : { "", "-f", "-F", "-j", "-fj", "u", "j", "w", "uc", // ps cuts WCHAN, we do not
             "-o pid,ppid,stat,args", "-o pid=A,comm=B" }) {
        std::string mine, theirs;
        for (int attempt = 0; attempt < 5 && (mine.empty() || mine != theirs); ++attempt) {
            mine.clear();
            auto const ours = table(init.pid(), ps_args);
            auto const add = [&](std::vector<std::string> const& cells) {
                for (auto const& cell : cells)
                    for (char const c : cell)
                        mine += c == ' ' ? "" : std::string(1, c);
                mine += '\n';
            };
            add(ours.titles);
            for (auto const& row : ours.rows)
                add(row);
            theirs = output_of("ps -ww " + ps_args + " -p " + pids);
            std::erase(theirs, ' ');
        }
        BOOST_TEST(mine == theirs, "'" << ps_args << "': " << mine << "but ps says " << theirs);
    }
}

BOOST_AUTO_TEST_CASE(ROOT_a_pid_namespace_and_what_is_nested_in_it)
{
    if (::geteuid() != 0) {
        BOOST_TEST_MESSAGE("skipped: needs root");
        return;
    }
    int pipe[2];
    BOOST_REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
    Child const outer([&] {
        if (::unshare(CLONE_NEWPID) != 0)
            ::_exit(1);
        pid_t const init = ::fork();
        if (init == 0) {
            beside([] { run({ "sleep", "1000" }); });
            (void)::unshare(CLONE_NEWPID);
            beside([] { // init of a namespace below
                beside([] { run({ "sleep", "2000" }); });
                ::pause();
            });
            ::pause();
        }
        (void)!::write(pipe[1], &init, sizeof init);
        ::pause();
    });
    pid_t init = 0;
    BOOST_REQUIRE(::read(pipe[0], &init, sizeof init) == sizeof init);
    ::close(pipe[0]), ::close(pipe[1]);
    await_rows(init, 4);
    auto const running = [&](std::string const& command) {
        auto const rows = table(init, "-o args").rows;
        return std::count_if(rows.begin(), rows.end(), [&](auto const& row) { return row[0] == command; });
    };
    auto const deadline = os::Deadline::after(20s); // there, but perhaps not yet what they will be
    while ((running("sleep 1000") != 1 || running("sleep 2000") != 1) && !deadline.passed())
        std::this_thread::sleep_for(5ms);
    auto const rows = table(init, "-o pid,args").rows;
    BOOST_TEST(rows[0][0] == std::to_string(init)); // the host's numbers
    BOOST_TEST(std::count_if(rows.begin(), rows.end(), [](auto const& row) { return row[1] == "sleep 1000"; }) == 1);
    BOOST_TEST(std::count_if(rows.begin(), rows.end(), [](auto const& row) { return row[1] == "sleep 2000"; }) == 1);
    ::kill(init, SIGKILL);
}

BOOST_AUTO_TEST_CASE(bytes_that_a_process_chose_do_no_harm)
{
    Child const child([] {
        ::prctl(PR_SET_NAME, "x\x1b[2J\n\xff)");
        ::pause();
    });
    Child const other([] { run({ "sh", "-c", "sleep 1000; :", "\x1b]0;title\x07\n\xfe" }); });
    auto const deadline = os::Deadline::after(20s);
    while (table(child.pid(), "-o comm").rows.at(0)[0] != "x?[2J?\?)" && !deadline.passed())
        std::this_thread::sleep_for(5ms);
    BOOST_TEST(table(child.pid(), "-o comm").rows.at(0)[0] == "x?[2J?\?)");
    await_rows(other.pid(), 2);
    BOOST_TEST(table(other.pid(), "-o args").rows.at(0)[0] == "sh -c sleep 1000; : ?]0;title???");
    BOOST_TEST(table(child.pid(), "").rows.at(0)[3] == "x?[2J?\?)");
}

BOOST_AUTO_TEST_CASE(command_lines_are_bounded)
{
    std::string const longest(100'000, 'y');
    Child const child([&] { run({ "sh", "-c", "sleep 1000; :", longest.c_str() }); });
    await_rows(child.pid(), 2);
    auto const rows = table(child.pid(), "-o args").rows;
    BOOST_TEST(rows.at(0).at(0).size() == 65536u);
    BOOST_TEST(rows.at(1).at(0) == "sleep 1000");
}

BOOST_AUTO_TEST_CASE(processes_that_vanish_leave_no_half_row)
{
    Child const init([] {
        for (;;) {
            for (int n = 0; n < 20; ++n)
                beside([] { run({ "true" }); });
            while (::waitpid(-1, nullptr, 0) > 0) { }
        }
    });
    auto const deadline = os::Deadline::after(700ms);
    size_t seen = 0;
    while (!deadline.passed())
        for (auto const& row : table(init.pid(), "-o pid,user,rss,stat,args").rows) {
            ++seen;
            for (auto const& cell : row)
                BOOST_REQUIRE(!cell.empty());
        }
    BOOST_TEST(seen > 0u);
}

BOOST_AUTO_TEST_CASE(an_init_that_has_ended_is_not_found)
{
    pid_t gone = 0;
    {
        Child const child([] { ::pause(); });
        gone = child.pid();
    }
    auto const listed = list(gone, "");
    BOOST_REQUIRE(!listed);
    BOOST_TEST(listed.error().code == STAITHE_NOT_FOUND);
    BOOST_TEST(list(::getpid(), "--bogus").error().code == STAITHE_INVALID);
}
