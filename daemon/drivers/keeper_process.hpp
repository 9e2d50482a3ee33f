// Making keeper processes, from a binary that nobody can change.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::drivers {

/// A child that was made; dropping it forgets the child without ending it.
struct KeeperProcess {
    pid_t pid = -1;
    UniqueFd pidfd;

    /// Kills it, with its container, and reaps it.
    void kill() const;
    /// Reaps it if it has ended; the exit code, or -1 if it died otherwise.
    bool reap(int& exit_code) const;
};

/// Thread-safe.
class KeeperProgram {
public:
    /// Opens the program behind a read-only mount of its own, so that a container which reaches the keeper's
    /// /proc/<pid>/exe cannot open it for writing; where the kernel refuses, the plain file.
    static Result<KeeperProgram> open(std::string const& path);

    /// Runs it with no environment, /dev/null as stdio, and `fds` from descriptor 3 on.
    Result<KeeperProcess> run(std::vector<std::string> const& arguments, std::vector<int> const& fds) const;

private:
    UniqueFd m_program, m_null;
};

} // namespace staithe::drivers
