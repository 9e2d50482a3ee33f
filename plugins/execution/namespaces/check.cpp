// SPDX-License-Identifier: Apache-2.0
//
// What is refused before anything is made: above all texts that C strings would cut short.
#include "plugins/execution/namespaces/check.hpp"

#include <linux/filter.h>

#include <staithe/cpp/text.hpp>

#include "plugins/execution/namespaces/cgroup.hpp"
#include "plugins/execution/namespaces/limits.hpp"
#include "plugins/execution/namespaces/record.hpp"

namespace staithe::namespaces {

namespace {

    constexpr size_t longest_name = 64; // the kernel's __NEW_UTS_LEN

    Error invalid(std::string message)
    {
        return { STAITHE_INVALID, 0, std::move(message) };
    }

    bool has_nul(staithe_text text)
    {
        return view(text).find('\0') != std::string_view::npos;
    }

    Result<void> check_absolute(char const* what, staithe_text path)
    {
        if (!view(path).starts_with('/') || has_nul(path))
            return invalid(std::string(what) + " '" + std::string(view(path)) + "' is not an absolute path");
        return {};
    }

    Result<void> check_confinement(staithe_confinement const& confinement)
    {
        size_t const instructions = confinement.seccomp_size / sizeof(sock_filter);
        if (confinement.seccomp_size % sizeof(sock_filter) != 0 || instructions > BPF_MAXINSNS)
            return invalid("the seccomp program is not one");
        for (size_t i = 0; i < confinement.masked_count; ++i)
            STAITHE_TRY(check_absolute("masked", confinement.masked[i]));
        for (size_t i = 0; i < confinement.readonly_count; ++i)
            STAITHE_TRY(check_absolute("read-only", confinement.readonly[i]));
        return {};
    }

    Result<void> check_mount(staithe_mount const& mount)
    {
        STAITHE_TRY(check_absolute("mount target", mount.target));
        if (has_nul(mount.fstype) || has_nul(mount.source) || has_nul(mount.options))
            return invalid("a mount's options contain a NUL");
        if (mount.fd < 0 && mount.fstype.size == 0)
            return invalid("mount '" + std::string(view(mount.target)) + "' has neither a descriptor nor a type");
        return {};
    }

} // namespace

Result<void> check_process(staithe_process const& process)
{
    if (process.argc == 0)
        return invalid("the container has no program");
    for (size_t i = 0; i < process.argc; ++i)
        if (has_nul(process.argv[i]))
            return invalid("an argument contains a NUL");
    for (size_t i = 0; i < process.envc; ++i)
        if (has_nul(process.env[i]) || view(process.env[i]).find('=') == std::string_view::npos)
            return invalid("an environment variable has no '=' or contains a NUL");
    for (int const fd : process.stdio)
        if (fd < 0)
            return invalid("the container's stdio is not open");
    if (process.uid == UINT32_MAX || process.gid == UINT32_MAX)
        return invalid("the container's user is not one");
    return check_absolute("working directory", process.cwd);
}

Result<void> check_container(staithe_container const& container)
{
    if (!is_container_id(view(container.id)))
        return invalid("container id '" + std::string(view(container.id)) + "' is not 64 hexadecimal digits");
    if (!is_cgroup_path(view(container.cgroup)))
        return invalid("cgroup '" + std::string(view(container.cgroup)) + "' is not a relative path");
    if (container.hostname.size > longest_name || container.domainname.size > longest_name)
        return invalid("the host or domain name is longer than 64 bytes");
    STAITHE_TRY(check_absolute("root file system", container.rootfs));
    if (!container.limits || !container.confinement || !container.process)
        return invalid("limits, confinement or process is missing");
    for (size_t i = 0; i < container.options.size; ++i) {
        auto const key = view(container.options.data[i].key);
        if (!key.starts_with("lxc.")) // what is for LXC alone is passed over: clients send it whatever runs here
            return invalid("driver 'namespaces' knows no option '" + std::string(key) + "'");
    }
    for (size_t i = 0; i < container.mount_count; ++i)
        STAITHE_TRY(check_mount(*container.mounts[i]));
    for (int const version : { 1, 2 })
        STAITHE_TRY(settings_for(*container.limits, version));
    STAITHE_TRY(check_confinement(*container.confinement));
    return check_process(*container.process);
}

} // namespace staithe::namespaces
