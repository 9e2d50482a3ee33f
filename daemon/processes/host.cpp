#include "daemon/processes/host.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "daemon/os/file.hpp"
#include "daemon/processes/text.hpp"

namespace staithe::processes {

namespace {

    constexpr size_t longest_command = 65536, shortened_command = 128, all_commands = 16u << 20;

    /// The number behind `key` at the begin of a line; 0: there is none.
    uint64_t value(std::string_view content, std::string_view key)
    {
        for (size_t at = 0; at < content.size(); at = std::min(content.find('\n', at), content.size() - 1) + 1) {
            if (!content.substr(at).starts_with(key))
                continue;
            auto rest = content.substr(at + key.size());
            rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
            uint64_t number = 0;
            (void)std::from_chars(rest.data(), rest.data() + rest.size(), number);
            return number;
        }
        return 0;
    }

    std::string content_of(char const* file)
    {
        auto content = os::read_file(file, 16u << 20);
        return content ? std::move(content).value() : std::string();
    }

    /// "name:x:id:…" per line, of /etc/passwd and /etc/group.
    std::map<unsigned, std::string> read_names(char const* file)
    {
        std::map<unsigned, std::string> names;
        auto const content = content_of(file);
        for (std::string_view rest = content; !rest.empty();) {
            size_t const end = std::min(rest.find('\n'), rest.size() - 1);
            auto const line = rest.substr(0, end);
            rest.remove_prefix(end + 1);
            size_t const first = line.find(':'), second = line.find(':', first + 1);
            unsigned id = 0;
            if (first == 0 || first == std::string_view::npos || second == std::string_view::npos)
                continue;
            auto const number = line.substr(second + 1);
            if (std::from_chars(number.data(), number.data() + number.size(), id).ec == std::errc())
                names.emplace(id, printable(line.substr(0, first)));
        }
        return names;
    }

} // namespace

Host::Host()
    : m_ticks(static_cast<uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L)))
    , m_now_s(::time(nullptr))
{
    timespec up {};
    ::clock_gettime(CLOCK_BOOTTIME, &up);
    m_uptime = static_cast<uint64_t>(up.tv_sec) * m_ticks + static_cast<uint64_t>(up.tv_nsec) * m_ticks / 1'000'000'000;
    m_boot_s = static_cast<time_t>(value(content_of("/proc/stat"), "btime"));
    m_memory_kib = value(content_of("/proc/meminfo"), "MemTotal:");
}

std::string Host::name(std::optional<Names>& names, char const* file, unsigned id)
{
    if (!names)
        names = read_names(file);
    auto const found = names->find(id);
    return found == names->end() ? std::to_string(id) : found->second;
}

std::string Host::user(unsigned id)
{
    return name(m_users, "/etc/passwd", id);
}

std::string Host::group(unsigned id)
{
    return name(m_groups, "/etc/group", id);
}

size_t Host::command_limit() const
{
    return m_commands < all_commands ? longest_command : shortened_command;
}

void Host::took_command(size_t bytes)
{
    m_commands += bytes;
}

} // namespace staithe::processes
