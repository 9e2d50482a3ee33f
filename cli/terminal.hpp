// The user's terminal: raw while a container owns it, and as it was afterwards.
#pragma once

#include <termios.h>

#include <cstdint>
#include <optional>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/result.hpp>

namespace staithe::cli {

struct WindowSize {
    uint16_t height = 0, width = 0;
};

/// Nothing when fd is no terminal, or has no size.
std::optional<WindowSize> window_size(int fd);

/// Keeps a terminal raw; restores it when it dies or is told to, whichever comes first. Thread-safe.
class TerminalGuard {
public:
    TerminalGuard() = default;
    TerminalGuard(TerminalGuard const&) = delete;
    TerminalGuard& operator=(TerminalGuard const&) = delete;
    ~TerminalGuard() { restore(); }

    /// fd is borrowed and must stay open.
    Result<void> make_raw(int fd);
    void restore();

private:
    Mutex m_mutex;
    int m_fd GUARDED_BY(m_mutex) = -1; // -1: nothing to restore
    termios m_saved GUARDED_BY(m_mutex) {};
};

} // namespace staithe::cli
