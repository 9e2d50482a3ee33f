// Signals as calls in an ordinary thread, and signals as words.
#pragma once

#include <functional>
#include <string_view>
#include <thread>

#include <staithe/cpp/result.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::cli {

/// "TERM", "sigterm" or "15"; INVALID with the next step otherwise.
Result<int> parse_signal(std::string_view);

/// While it lives, SIGINT, SIGTERM, SIGQUIT, SIGHUP and SIGWINCH of the process become calls of handler, one after the
/// other, in a thread of its own. Made before any other thread.
class SignalWatch {
public:
    static Result<SignalWatch> create(std::function<void(int)> handler);
    SignalWatch(SignalWatch&&) = default;
    /// Waits for a call under way; signals that come later have their default effect again.
    ~SignalWatch();

private:
    SignalWatch() = default;
    UniqueFd m_stop;
    std::thread m_thread;
};

/// Ends this process as the signal would have, so that the shell sees why.
[[noreturn]] void die_by_signal(int number);

} // namespace staithe::cli
