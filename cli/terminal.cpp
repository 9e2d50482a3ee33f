#include "cli/terminal.hpp"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace staithe::cli {

std::optional<WindowSize> window_size(int fd)
{
    winsize size {};
    if (::ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        return std::nullopt;
    return WindowSize { size.ws_row, size.ws_col };
}

Result<void> TerminalGuard::make_raw(int fd)
{
    MutexLock const lock(m_mutex);
    termios saved {};
    if (::tcgetattr(fd, &saved) < 0)
        return errno_error("cannot read the terminal's settings");
    termios raw = saved;
    ::cfmakeraw(&raw);
    if (::tcsetattr(fd, TCSADRAIN, &raw) < 0)
        return errno_error("cannot change the terminal's settings");
    m_saved = saved;
    m_fd = fd;
    return {};
}

void TerminalGuard::restore()
{
    MutexLock const lock(m_mutex);
    if (m_fd < 0)
        return;
    // A background process that touches its terminal is stopped by SIGTTOU; the shell must get its terminal back.
    sigset_t ttou, before;
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    ::pthread_sigmask(SIG_BLOCK, &ttou, &before);
    ::tcsetattr(m_fd, TCSADRAIN, &m_saved);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    m_fd = -1;
}

} // namespace staithe::cli
