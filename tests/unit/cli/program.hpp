// The built `staithe` as a child process.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::test {

struct Outcome {
    int code = -1; ///< exit status, or 1000 + N when signal N ended it
    std::string out, err;
};

class Program {
public:
    /// Starts it with stdin, stdout and stderr as pipes.
    Program(std::string const& host, std::vector<std::string> words);
    ~Program();
    Program(Program const&) = delete;

    pid_t pid() const { return m_pid; }
    void write(std::string const& bytes);
    void close_input() { m_in.reset(); }
    void close_output() { m_out.reset(); }
    /// What it has printed since the last call, at least one byte; empty at its end.
    std::string read_some();
    /// Writes the input, closes stdin, meanwhile reads both outputs to their ends, and waits.
    Outcome finish(std::string const& input = {});

private:
    pid_t m_pid = -1;
    UniqueFd m_in, m_out, m_err;
};

Outcome run_staithe(std::string const& host, std::vector<std::string> words, std::string const& input = {});

/// The exec part of a child: never returns. host goes into STAITHE_HOST.
[[noreturn]] void exec_staithe(std::string const& host, std::vector<std::string> const& words);
int exit_of(pid_t);

} // namespace staithe::test
