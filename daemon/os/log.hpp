// The daemon's log: one line on stderr per message, written with one system call, so that threads never mix.
//
// On a terminal a line begins with the time, otherwise (journald, files) with the journal's level prefix "<6>", and the
// journal adds the time. The request, where there is one, stands in brackets: "<4>[r42] cannot stop container 'web':
// …". Nothing secret is ever passed here.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include <staithe/host.h>

namespace staithe::os {

class Log {
public:
    explicit Log(int fd = 2);
    /// Messages below this level (STAITHE_DEBUG …) are dropped. [any-thread]
    void set_level(int32_t level) { m_level = level; }
    int32_t level() const { return m_level; }

    void write(int32_t level, std::string_view message, std::string_view request_id = {});
    void debug(std::string_view message, std::string_view request_id = {})
    {
        write(STAITHE_DEBUG, message, request_id);
    }
    void info(std::string_view message, std::string_view request_id = {}) { write(STAITHE_INFO, message, request_id); }
    void warning(std::string_view message, std::string_view request_id = {})
    {
        write(STAITHE_WARNING, message, request_id);
    }
    void error(std::string_view message, std::string_view request_id = {})
    {
        write(STAITHE_ERROR, message, request_id);
    }

private:
    int m_fd;
    bool m_terminal;
    std::atomic<int32_t> m_level { STAITHE_INFO };
};

} // namespace staithe::os
