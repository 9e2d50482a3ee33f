// What the columns of ps need to know of the host, read at most once per table.
#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>

namespace staithe::processes {

class Host {
public:
    Host();

    /// Clock ticks per second.
    uint64_t ticks() const { return m_ticks; }
    /// Ticks since the boot, and the moment of the boot in Unix seconds.
    uint64_t uptime() const { return m_uptime; }
    time_t boot_s() const { return m_boot_s; }
    time_t now_s() const { return m_now_s; }
    uint64_t memory_kib() const { return m_memory_kib; }

    /// Names in the host's own files, without name services, which could make a daemon wait; else the number.
    std::string user(unsigned id);
    std::string group(unsigned id);

    /// How many bytes of the next command line may be read: what processes together can make us hold is bounded.
    size_t command_limit() const;
    void took_command(size_t bytes);

private:
    using Names = std::map<unsigned, std::string>;
    static std::string name(std::optional<Names>&, char const* file, unsigned id);

    uint64_t m_ticks, m_uptime = 0, m_memory_kib = 0;
    time_t m_boot_s = 0, m_now_s = 0;
    std::optional<Names> m_users, m_groups;
    size_t m_commands = 0;
};

} // namespace staithe::processes
