// One process, as /proc shows it. All of its files are reached through one descriptor of its directory, so that a pid
// that is given to another process meanwhile never mixes two of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::processes {

/// Of /proc/PID/stat; times in clock ticks.
struct Stat {
    std::string comm;
    char state = '?';
    pid_t parent = 0, group = 0, session = 0, terminal_group = 0;
    unsigned terminal = 0;
    uint64_t flags = 0, minor_faults = 0, major_faults = 0;
    uint64_t user_time = 0, system_time = 0, started = 0;
    int64_t priority = 0, nice = 0, threads = 0, processor = 0, realtime_priority = 0, policy = 0;
};

/// Of /proc/PID/status; sizes in KiB. Real, effective, saved and file system's ids, in this order.
struct Status {
    uid_t uids[4] = {};
    gid_t gids[4] = {};
    uint64_t size = 0, resident = 0, locked = 0;
};

class Process {
public:
    /// Nothing: there is no such process any more.
    static std::optional<Process> open(pid_t);

    pid_t pid() const { return m_pid; }
    Stat const& stat() const { return m_stat; }
    Status const& status();
    /// Arguments and their separating zeros, at most `limit` bytes; empty: a kernel thread, or one that has ended.
    std::string command_line(size_t limit);
    /// A short text file, without its end of line.
    std::string text(char const* file);
    bool is_zombie() const { return m_stat.state == 'Z'; }
    /// Did it end while it was looked at?
    bool vanished() const { return m_vanished; }

private:
    Process(pid_t, UniqueFd directory);
    std::string read(char const* file, size_t limit);
    bool read_stat();

    pid_t m_pid;
    UniqueFd m_directory;
    Stat m_stat;
    std::optional<Status> m_status;
    bool m_vanished = false;
};

} // namespace staithe::processes
