// The container's stdin, stdout and stderr: pipes, or a terminal of a devpts instance that only this container has.
#pragma once

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::keeper {

struct Stdio {
    UniqueFd child[3]; ///< what the container gets
    UniqueFd in, out, err; ///< our ends, non-blocking; with a terminal in and out are its master, err is closed
    UniqueFd devpts; ///< with a terminal: the detached mount for /dev/pts
    bool tty = false;

    static Result<Stdio> pipes(bool open_stdin);
    static Result<Stdio> terminal(bool open_stdin);

    /// After the container has got its ends: a pipe must not be held open by us.
    void close_child_ends();

    Result<void> resize(uint32_t height, uint32_t width) const;
};

} // namespace staithe::keeper
