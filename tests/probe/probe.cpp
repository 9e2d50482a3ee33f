// SPDX-License-Identifier: Apache-2.0
//
// Run as a container's program: prints what it finds around itself as JSON, one fact per line, for comparison with the
// golden files beside this source. What differs from machine to machine is left out or made alike by the words
// "missing", "more". Static, so that it runs in an empty image.
//
// HOST_<ns> in the environment are the host's namespaces (the text of /proc/self/ns/<ns>), to be compared with.
#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tests/probe/calls.hpp"

namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

bool first_section = true;

void print(char const* section, Facts const& facts)
{
    std::printf("%s \"%s\": {", first_section ? "{\n" : ",\n", section);
    first_section = false;
    char const* separator = "\n";
    for (auto const& [key, value] : facts) {
        std::printf("%s  \"%s\": \"%s\"", separator, key.c_str(), value.c_str());
        separator = ",\n";
    }
    std::printf("\n }");
}

std::string read_all(char const* path)
{
    std::string text;
    if (std::FILE* const file = std::fopen(path, "re")) {
        char buffer[4096];
        for (size_t size; (size = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
            text.append(buffer, size);
        std::fclose(file);
    }
    return text;
}

std::vector<std::string> names_in(char const* path)
{
    std::vector<std::string> names;
    if (DIR* const list = ::opendir(path)) {
        while (auto const* entry = ::readdir(list))
            if (entry->d_name[0] != '.' && std::to_string(::dirfd(list)) != entry->d_name)
                names.emplace_back(entry->d_name);
        ::closedir(list);
    }
    std::ranges::sort(names);
    return names;
}

std::string joined(std::vector<std::string> const& words)
{
    std::string text;
    for (auto const& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string error_name(int error)
{
    switch (error) {
    case 0: return "ok";
    case EPERM: return "EPERM";
    case EACCES: return "EACCES";
    case EROFS: return "EROFS";
    case ENOENT: return "missing";
    default: return std::strerror(error);
    }
}

Facts status_facts()
{
    static constexpr char const* wanted[] { "Umask", "Uid", "Gid", "Groups", "NSpid", "SigBlk", "SigIgn", "CapInh",
        "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp" };
    auto const text = read_all("/proc/self/status");
    Facts facts;
    for (std::string const key : wanted) {
        auto const at = text.find("\n" + key + ":\t");
        auto const begin = at + key.size() + 3;
        auto value = at == std::string::npos ? "none" : text.substr(begin, text.find('\n', begin) - begin);
        std::ranges::replace(value, '\t', ' ');
        facts.emplace_back(key, value.substr(0, value.find_last_not_of(' ') + 1));
    }
    return facts;
}

Facts process_facts()
{
    char cwd[4096] = "?", host[65] = "?";
    (void)!::getcwd(cwd, sizeof cwd);
    ::gethostname(host, sizeof host);
    ifreq loopback {};
    std::strcpy(loopback.ifr_name, "lo");
    ::ioctl(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), SIOCGIFFLAGS, &loopback);
    auto adjustment = read_all("/proc/self/oom_score_adj");
    adjustment.erase(adjustment.find_last_not_of('\n') + 1);
    return { { "pid", std::to_string(::getpid()) }, { "parent", std::to_string(::getppid()) },
        { "session", std::to_string(::getsid(0)) }, { "cwd", cwd }, { "hostname", host },
        { "dumpable", std::to_string(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)) }, { "oom_score_adj", adjustment },
        { "loopback", loopback.ifr_flags & IFF_UP ? "up" : "down" } };
}

/// The hard limit of open files is what the machine allows, so only whether there is room is told.
Facts limit_facts()
{
    rlimit files {}, core {};
    ::getrlimit(RLIMIT_NOFILE, &files);
    ::getrlimit(RLIMIT_CORE, &core);
    return { { "nofile", std::to_string(files.rlim_cur) + (files.rlim_max > files.rlim_cur ? ":more" : ":same") },
        { "core", std::to_string(core.rlim_cur) + ":" + std::to_string(core.rlim_max) } };
}

Facts namespace_facts()
{
    Facts facts;
    for (std::string const name : { "mnt", "pid", "uts", "ipc", "net", "cgroup", "user" }) {
        char link[128] {};
        (void)!::readlink(("/proc/self/ns/" + name).c_str(), link, sizeof link - 1);
        char const* const host = std::getenv(("HOST_" + name).c_str());
        facts.emplace_back(name, host && std::strcmp(host, link) == 0 ? "host" : "own");
    }
    return facts;
}

struct Mount {
    std::string target, type, options;
};

std::vector<Mount> mounts()
{
    std::vector<Mount> result;
    auto const text = read_all("/proc/self/mounts");
    for (size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
        char target[1024], type[64], options[1024];
        if (std::sscanf(text.c_str() + begin, "%*s %1023s %63s %1023s", target, type, options) == 3)
            result.push_back({ target, type, options });
        if (text.find('\n', begin) == std::string::npos)
            break;
    }
    return result;
}

/// How wide a tmpfs's inode numbers are is the kernel's choice, and shown by some kernels only.
std::string without_inode_width(std::string options)
{
    for (std::string_view const shown : { ",inode64", ",inode32" })
        if (auto const at = options.find(shown); at != options.npos)
            options.erase(at, shown.size());
    return options;
}

/// The kernel's file systems; what is mounted below /proc and /sys is told by path_facts().
Facts mount_facts()
{
    Facts facts;
    for (auto const& mount : mounts()) {
        bool const below = mount.target.starts_with("/proc/") || mount.target.starts_with("/sys/");
        if (mount.target != "/" && !below)
            facts.emplace_back(mount.target, mount.type + " " + without_inode_width(mount.options));
    }
    std::string groups = "none";
    for (auto const& mount : mounts())
        if (mount.target.starts_with("/sys/fs/cgroup")) {
            auto const mode = mount.options.substr(0, 2);
            groups = groups == "none" || groups == mode ? mode : "mixed";
        }
    facts.emplace_back("cgroups", groups);
    return facts;
}

std::string mask_of(char const* path)
{
    struct stat status;
    if (::lstat(path, &status) < 0)
        return "missing";
    bool covered = false;
    for (auto const& mount : mounts())
        covered = covered || mount.target == path;
    if (!covered)
        return "not masked";
    if (S_ISDIR(status.st_mode))
        return names_in(path).empty() ? "masked" : "masked with something";
    return S_ISCHR(status.st_mode) && status.st_rdev == ::makedev(1, 3) ? "masked" : "masked with something";
}

Facts mask_facts()
{
    Facts facts;
    for (char const* path : { "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
             "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
             "/sys/firmware", "/sys/devices/virtual/powercap" })
        facts.emplace_back(path, mask_of(path));
    return facts;
}

Facts readonly_facts()
{
    Facts facts;
    for (char const* path : { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", "/sys",
             "/sys/fs/cgroup", "/proc", "/dev" }) {
        struct statvfs status;
        if (::statvfs(path, &status) < 0)
            facts.emplace_back(path, "missing");
        else
            facts.emplace_back(path, status.f_flag & ST_RDONLY ? "read-only" : "writable");
    }
    for (char const* path : { "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/profiling" }) {
        int const fd = ::open(path, O_WRONLY | O_CLOEXEC);
        facts.emplace_back("open " + std::string(path), error_name(fd < 0 ? errno : 0));
        ::close(fd);
    }
    return facts;
}

Facts device_facts()
{
    static constexpr char const* known[] { "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr",
        "stdin", "stdout", "tty", "urandom", "zero" };
    Facts facts;
    for (char const* name : known) {
        struct stat status;
        auto const path = std::string("/dev/") + name;
        char link[256] {};
        if (::lstat(path.c_str(), &status) < 0) {
            facts.emplace_back(name, "missing");
        } else if (::readlink(path.c_str(), link, sizeof link - 1) > 0) {
            facts.emplace_back(name, "-> " + std::string(link));
        } else {
            char text[64];
            std::snprintf(text, sizeof text, "%o %u:%u", status.st_mode,
                S_ISCHR(status.st_mode) ? major(status.st_rdev) : 0,
                S_ISCHR(status.st_mode) ? minor(status.st_rdev) : 0);
            facts.emplace_back(name, text);
        }
    }
    facts.emplace_back("others", names_in("/dev").size() > std::size(known) ? "more" : "none");
    return facts;
}

Facts node_facts()
{
    struct Node {
        char const* name;
        mode_t type;
        unsigned major_number, minor_number;
    };
    static constexpr Node nodes[] { { "null", S_IFCHR, 1, 3 }, { "pts/7", S_IFCHR, 136, 7 }, { "mem", S_IFCHR, 1, 1 },
        { "kmsg", S_IFCHR, 1, 11 }, { "sda", S_IFBLK, 8, 0 }, { "fuse", S_IFCHR, 10, 229 },
        { "tun", S_IFCHR, 10, 200 } };
    Facts facts;
    for (auto const& node : nodes) {
        char const* const path = "/probe-node";
        int const result = ::mknod(path, node.type | 0600, ::makedev(node.major_number, node.minor_number));
        facts.emplace_back(std::string("mknod ") + node.name, error_name(result < 0 ? errno : 0));
        ::unlink(path);
    }
    return facts;
}

} // namespace

int main()
{
    auto const descriptors = joined(names_in("/proc/self/fd"));
    print("descriptors", { { "open", descriptors } });
    print("status", status_facts());
    print("process", process_facts());
    print("limits", limit_facts());
    print("namespaces", namespace_facts());
    print("mounts", mount_facts());
    print("masked", mask_facts());
    print("readonly", readonly_facts());
    print("devices", device_facts());
    print("nodes", node_facts());
    print("arguments", probe_arguments());
    print("calls", probe_calls());
    std::printf("\n}\n");
    return 0;
}
