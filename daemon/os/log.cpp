#include "daemon/os/log.hpp"

#include <unistd.h>

#include <ctime>
#include <string>

namespace staithe::os {

namespace {

    char const* journal_prefix(int32_t level)
    {
        switch (level) {
        case STAITHE_DEBUG: return "<7>";
        case STAITHE_INFO: return "<6>";
        case STAITHE_WARNING: return "<4>";
        default: return "<3>";
        }
    }

    char const* word(int32_t level)
    {
        switch (level) {
        case STAITHE_DEBUG: return " debug: ";
        case STAITHE_INFO: return " ";
        case STAITHE_WARNING: return " warning: ";
        default: return " error: ";
        }
    }

    std::string clock_time()
    {
        time_t const now = ::time(nullptr);
        tm local {};
        localtime_r(&now, &local);
        char text[16];
        return { text, strftime(text, sizeof text, "%H:%M:%S", &local) };
    }

} // namespace

Log::Log(int fd)
    : m_fd(fd)
    , m_terminal(::isatty(fd) == 1)
{
}

void Log::write(int32_t level, std::string_view message, std::string_view request_id)
{
    if (level < m_level)
        return;
    std::string line = m_terminal ? clock_time() + word(level) : journal_prefix(level);
    if (!request_id.empty())
        line.append("[").append(request_id).append("] ");
    for (char const c : message) // what a client named must not forge lines or move a terminal's cursor
        line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    line += '\n';
    (void)!::write(m_fd, line.data(), line.size());
}

} // namespace staithe::os
