#include "daemon/processes/process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

namespace staithe::processes {

namespace {

    constexpr size_t text_limit = 16384;

    std::vector<std::string_view> words(std::string_view text)
    {
        std::vector<std::string_view> found;
        for (size_t at = 0; (at = text.find_first_not_of(" \t\n", at)) != std::string_view::npos;) {
            size_t const end = std::min(text.find_first_of(" \t\n", at), text.size());
            found.push_back(text.substr(at, end - at));
            at = end;
        }
        return found;
    }

    template <class T> T number(std::vector<std::string_view> const& from, size_t index)
    {
        T value {};
        if (index < from.size())
            (void)std::from_chars(from[index].data(), from[index].data() + from[index].size(), value);
        return value;
    }

} // namespace

Process::Process(pid_t pid, UniqueFd directory)
    : m_pid(pid)
    , m_directory(std::move(directory))
{
}

std::optional<Process> Process::open(pid_t pid)
{
    auto const path = "/proc/" + std::to_string(pid);
    UniqueFd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
        return std::nullopt;
    Process process(pid, std::move(directory));
    if (!process.read_stat())
        return std::nullopt;
    return process;
}

std::string Process::read(char const* file, size_t limit)
{
    std::string content;
    UniqueFd const fd(::openat(m_directory.get(), file, O_RDONLY | O_CLOEXEC));
    while (fd && content.size() < limit) {
        char buffer[4096];
        ssize_t const n = ::read(fd.get(), buffer, std::min(sizeof buffer, limit - content.size()));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == ESRCH)
            m_vanished = true;
        if (n <= 0)
            break;
        content.append(buffer, static_cast<size_t>(n));
    }
    if (!fd && (errno == ESRCH || errno == ENOENT) && ::faccessat(m_directory.get(), "stat", F_OK, 0) != 0)
        m_vanished = true;
    return content;
}

bool Process::read_stat()
{
    auto const content = read("stat", text_limit);
    size_t const open = content.find('('), close = content.rfind(')'); // the name may have any of them
    if (open == std::string::npos || close == std::string::npos || close < open)
        return false;
    m_stat.comm = content.substr(open + 1, close - open - 1);
    auto const fields = words(std::string_view(content).substr(close + 1));
    constexpr size_t fewest = 39; // up to the policy, since Linux 2.5.19
    if (fields.size() < fewest)
        return false;
    auto const field = [&]<class T>(size_t proc_number, T& into) { into = number<T>(fields, proc_number - 3); };
    m_stat.state = fields[0][0];
    field(4, m_stat.parent), field(5, m_stat.group), field(6, m_stat.session);
    int terminal = 0;
    field(7, terminal), field(8, m_stat.terminal_group), field(9, m_stat.flags);
    m_stat.terminal = static_cast<unsigned>(terminal);
    field(10, m_stat.minor_faults), field(12, m_stat.major_faults);
    field(14, m_stat.user_time), field(15, m_stat.system_time);
    field(18, m_stat.priority), field(19, m_stat.nice), field(20, m_stat.threads), field(22, m_stat.started);
    field(39, m_stat.processor), field(40, m_stat.realtime_priority), field(41, m_stat.policy);
    return true;
}

Status const& Process::status()
{
    if (m_status)
        return *m_status;
    auto& status = m_status.emplace();
    auto const content = read("status", text_limit);
    for (std::string_view rest = content; !rest.empty();) {
        size_t const end = std::min(rest.find('\n'), rest.size() - 1);
        auto const fields = words(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        if (fields.empty())
            continue;
        for (size_t i = 0; i < 4; ++i) {
            if (fields[0] == "Uid:")
                status.uids[i] = number<uid_t>(fields, i + 1);
            if (fields[0] == "Gid:")
                status.gids[i] = number<gid_t>(fields, i + 1);
        }
        if (fields[0] == "VmSize:")
            status.size = number<uint64_t>(fields, 1);
        else if (fields[0] == "VmRSS:")
            status.resident = number<uint64_t>(fields, 1);
        else if (fields[0] == "VmLck:")
            status.locked = number<uint64_t>(fields, 1);
    }
    return status;
}

std::string Process::command_line(size_t limit)
{
    auto content = read("cmdline", limit);
    while (!content.empty() && content.back() == '\0')
        content.pop_back();
    return content;
}

std::string Process::text(char const* file)
{
    auto content = read(file, text_limit);
    while (!content.empty() && (content.back() == '\n' || content.back() == '\0'))
        content.pop_back();
    return content;
}

} // namespace staithe::processes
