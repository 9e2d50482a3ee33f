// SPDX-License-Identifier: Apache-2.0
//
// Finding and executing a container's program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/execution.h>

namespace staithe::final_step {

/// Everything execve(2) needs, prepared while memory may still be allocated.
class Program {
public:
    explicit Program(staithe_process const&);
    /// Where `name` may be, in the order to try: itself with a slash in it, else name in each part of env's PATH.
    std::vector<std::string> const& candidates() const { return m_candidates; }
    /// Executes it. Comes back never: what cannot be executed ends the process with 127 (not found) or 126 and a
    /// message on descriptor 2.
    [[noreturn]] void execute() const;

private:
    std::string m_name;
    std::vector<std::string> m_candidates;
    std::vector<std::string> m_arguments, m_environment;
    std::vector<char*> m_argv, m_envp;
};

/// "message\n" on descriptor 2, then _exit(status).
[[noreturn]] void end_with_message(std::string_view message, int status);

} // namespace staithe::final_step
