// Making a helper process: a program with exactly the descriptors, environment and signal state it is told to have.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::os {

struct Program {
    std::string path; ///< absolute
    std::vector<std::string> argv, env; ///< argv from argv[0]; env as "K=V", nothing is inherited
    std::vector<int> fds; ///< borrowed; they become 3, 4, …; every other descriptor above 2 is closed
};

/// Starts it in a process group of its own with default signal handlers, an empty mask, and /dev/null as standard input
/// and output; standard error is the caller's. The caller must reap it.
Result<pid_t> spawn(Program const&);

/// The sanitizers' settings of this process, for the environment of a program that it starts; empty unless this is a
/// build with sanitizers. Without them a helper's report would be lost.
std::vector<std::string> sanitizer_settings();

/// A wait status for people: "exited with 3", "was killed by signal 11 (Segmentation fault)".
std::string describe_exit(int wait_status);

} // namespace staithe::os
