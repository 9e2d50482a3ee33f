#include "daemon/os/kernel.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>

#include <charconv>
#include <string_view>

#include "daemon/os/file.hpp"

namespace staithe::os {

namespace {

    int entries_of(std::string const& path)
    {
        auto const names = list_directory(path);
        return names ? static_cast<int>(names.value().size()) : 0;
    }

    bool read_number(std::string_view& rest, int& value)
    {
        auto const [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
        if (error != std::errc())
            return false;
        rest.remove_prefix(static_cast<size_t>(end - rest.data()));
        return true;
    }

    bool has_word(std::string_view text, std::string_view word)
    {
        for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
            bool const begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == ',';
            size_t const end = at + word.size();
            bool const ends = end == text.size() || text[end] == ' ' || text[end] == ',' || text[end] == '\n';
            if (begins && ends)
                return true;
        }
        return false;
    }

    /// Version 2 shows swap files in every group but the root when swap is accounted for; kernels before 5.19 may not.
    bool accounts_for_swap()
    {
        std::string const own_prefix = "0::";
        auto const text = read_file("/proc/self/cgroup", 1 << 16);
        auto const at = text ? text.value().rfind(own_prefix) : std::string::npos;
        if (at != std::string::npos) {
            auto const begin = at + own_prefix.size();
            auto const group = "/sys/fs/cgroup" + text.value().substr(begin, text.value().find('\n', begin) - begin);
            if (exists(group + "/memory.current"))
                return exists(group + "/memory.swap.max");
        }
        return exists("/proc/swaps");
    }

} // namespace

std::string kernel_release()
{
    utsname name {};
    return ::uname(&name) == 0 ? name.release : "";
}

bool release_at_least(std::string const& release, int major, int minor)
{
    std::string_view rest = release;
    int first = 0, second = 0;
    if (!read_number(rest, first) || rest.empty() || rest.front() != '.')
        return false;
    rest.remove_prefix(1);
    if (!read_number(rest, second))
        return false;
    return first > major || (first == major && second >= minor);
}

Result<std::string> boot_id()
{
    auto id = STAITHE_TRY(read_file("/proc/sys/kernel/random/boot_id", 256));
    while (!id.empty() && id.back() == '\n')
        id.pop_back();
    return id;
}

Result<void> raise_descriptor_limit()
{
    rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return errno_error("cannot read the limit of open files");
    constexpr rlim_t wanted = 1u << 20;
    rlimit const higher { limit.rlim_max > wanted ? limit.rlim_max : wanted,
        limit.rlim_max > wanted ? limit.rlim_max : wanted };
    if (::setrlimit(RLIMIT_NOFILE, &higher) == 0)
        return {};
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return errno_error("cannot raise the limit of open files");
    return {};
}

MemoryLimits memory_limits()
{
    MemoryLimits limits;
    if (exists("/sys/fs/cgroup/memory/memory.limit_in_bytes")) {
        limits.memory = true;
        limits.swap = exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
        return limits;
    }
    auto const controllers = read_file("/sys/fs/cgroup/cgroup.controllers", 4096);
    if (controllers && has_word(controllers.value(), "memory")) {
        limits.memory = true;
        limits.swap = accounts_for_swap();
    }
    return limits;
}

bool forwards_ipv4()
{
    auto const value = read_file("/proc/sys/net/ipv4/ip_forward", 64);
    return value && !value.value().empty() && value.value().front() == '1';
}

int open_descriptors()
{
    return entries_of("/proc/self/fd");
}

int thread_count()
{
    return entries_of("/proc/self/task");
}

} // namespace staithe::os
