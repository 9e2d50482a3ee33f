#include "tests/unit/cli/program.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace staithe::test {

namespace {

    struct Pipe {
        UniqueFd read, write;
        Pipe()
        {
            int fds[2];
            if (::pipe2(fds, O_CLOEXEC) < 0)
                throw std::runtime_error("pipe");
            read.reset(fds[0]);
            write.reset(fds[1]);
        }
    };

    bool read_into(UniqueFd& fd, std::string& text)
    {
        char buffer[65536];
        ssize_t const n = ::read(fd.get(), buffer, sizeof buffer);
        if (n <= 0)
            fd.reset();
        else
            text.append(buffer, static_cast<size_t>(n));
        return n > 0;
    }

} // namespace

void exec_staithe(std::string const& host, std::vector<std::string> const& words)
{
    ::setenv("STAITHE_HOST", host.c_str(), 1);
    std::vector<char*> argv { const_cast<char*>("staithe") };
    for (auto const& word : words)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execv(STAITHE_PROGRAM, argv.data());
    ::_exit(99);
}

int exit_of(pid_t pid)
{
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

Program::Program(std::string const& host, std::vector<std::string> words)
{
    Pipe in, out, err;
    m_pid = ::fork();
    if (m_pid == 0) {
        ::dup2(in.read.get(), 0);
        ::dup2(out.write.get(), 1);
        ::dup2(err.write.get(), 2);
        exec_staithe(host, words);
    }
    m_in = std::move(in.write);
    m_out = std::move(out.read);
    m_err = std::move(err.read);
}

Program::~Program()
{
    if (m_pid > 0 && ::waitpid(m_pid, nullptr, WNOHANG) == 0) {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
}

std::string Program::read_some()
{
    std::string text;
    read_into(m_out, text);
    return text;
}

void Program::write(std::string const& bytes)
{
    for (size_t done = 0; done < bytes.size();) {
        ssize_t const n = ::write(m_in.get(), bytes.data() + done, bytes.size() - done);
        if (n <= 0)
            return;
        done += static_cast<size_t>(n);
    }
}

Outcome Program::finish(std::string const& input)
{
    std::thread writer([&] {
        write(input);
        m_in.reset();
    });
    Outcome outcome;
    while (m_out || m_err) {
        pollfd fds[2] = { { m_out.get(), POLLIN, 0 }, { m_err.get(), POLLIN, 0 } };
        ::poll(fds, 2, -1);
        if (fds[0].revents)
            read_into(m_out, outcome.out);
        if (fds[1].revents)
            read_into(m_err, outcome.err);
    }
    writer.join();
    outcome.code = exit_of(m_pid);
    m_pid = -1;
    return outcome;
}

Outcome run_staithe(std::string const& host, std::vector<std::string> words, std::string const& input)
{
    Program program(host, std::move(words));
    return program.finish(input);
}

} // namespace staithe::test
