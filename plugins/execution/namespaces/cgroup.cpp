// SPDX-License-Identifier: Apache-2.0
//
// One container's control groups: making, limiting, joining, freezing, counting. Its end is in cgroup_end.cpp.
#include "plugins/execution/namespaces/cgroup.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <limits>

#include "plugins/execution/namespaces/devices.hpp"
#include "plugins/execution/namespaces/files.hpp"
#include "plugins/execution/namespaces/limits.hpp"
#include "plugins/execution/namespaces/wait.hpp"

namespace staithe::namespaces {

namespace {

    /// Switches the controllers on for the children of a v2 group. One that cannot be is missed by limit().
    void enable_controllers(Hierarchy const& hierarchy, std::string const& directory)
    {
        auto const enabled = read_file(AT_FDCWD, directory + "/cgroup.subtree_control");
        Hierarchy const now { 2, {}, words(enabled ? enabled.value() : std::string()), {} };
        for (char const* controller : { "memory", "cpu", "pids" })
            if (hierarchy.has(controller) && !now.has(controller))
                (void)write_file(AT_FDCWD, directory + "/cgroup.subtree_control", std::string("+") + controller);
    }

    /// A v1 cpuset group is born without CPUs and takes no process until it has some.
    void inherit_cpuset(std::string const& parent, std::string const& directory)
    {
        for (char const* file : { "/cpuset.cpus", "/cpuset.mems" }) {
            auto const given = read_file(AT_FDCWD, parent + file);
            if (given)
                (void)write_file(AT_FDCWD, directory + file, given.value());
        }
    }

    Result<void> make_group(Hierarchy const& hierarchy, std::string const& path)
    {
        std::string directory = hierarchy.mount_point;
        for (size_t begin = 0; begin <= path.size();) {
            size_t const end = std::min(path.find('/', begin), path.size());
            std::string const parent = directory;
            if (hierarchy.version == 2)
                enable_controllers(hierarchy, parent);
            directory.append("/").append(path, begin, end - begin);
            bool const last = end == path.size();
            if (::mkdir(directory.c_str(), 0755) < 0 && (last || errno != EEXIST))
                return errno_error("cannot make cgroup '" + directory + "'");
            if (hierarchy.version == 1 && hierarchy.has("cpuset"))
                inherit_cpuset(parent, directory);
            begin = end + 1;
        }
        return {};
    }

    Result<void> apply(Hierarchies const& hierarchies, std::string const& path, Setting const& setting)
    {
        auto const* hierarchy = hierarchies.with(setting.controller);
        if (!hierarchy)
            return {};
        std::string const directory = hierarchy->mount_point + "/" + path;
        if (!file_exists(AT_FDCWD, directory + "/" + setting.file)) {
            if (setting.optional)
                return {};
            return Error { STAITHE_UNSUPPORTED, 0,
                "cannot limit the container: cgroup controller '" + setting.controller + "' is not available in '"
                    + directory + "'" };
        }
        return write_file(AT_FDCWD, directory + "/" + setting.file, setting.value);
    }

    Result<void> allow_devices(Hierarchies const& hierarchies, std::string const& path)
    {
        if (auto const* old = hierarchies.with("devices"); old && old->version == 1) {
            std::string const directory = old->mount_point + "/" + path;
            STAITHE_TRY(write_file(AT_FDCWD, directory + "/devices.deny", "a"));
            UniqueFd const group = STAITHE_TRY(open_directory(AT_FDCWD, directory));
            for (auto const& rule : device_rules(default_devices()))
                STAITHE_TRY(write_file(group.get(), "devices.allow", rule));
            return {};
        }
        if (auto const* unified = hierarchies.unified()) {
            UniqueFd const group = STAITHE_TRY(open_directory(AT_FDCWD, unified->mount_point + "/" + path));
            return attach_device_program(group.get(), default_devices());
        }
        return Error { STAITHE_UNSUPPORTED, 0,
            "cannot confine devices: there is neither a 'devices' cgroup nor cgroup version 2" };
    }

} // namespace

bool is_cgroup_path(std::string_view path)
{
    if (path.empty() || path.size() > 1024 || path.find_first_of(std::string_view("\0\n", 2)) != path.npos)
        return false;
    for (size_t begin = 0; begin <= path.size();) {
        size_t const end = std::min(path.find('/', begin), path.size());
        auto const name = path.substr(begin, end - begin);
        if (name.empty() || name == "." || name == ".." || name.size() > 255)
            return false;
        begin = end + 1;
    }
    return true;
}

Cgroup::Cgroup(Hierarchies hierarchies, std::string path)
    : m_hierarchies(std::move(hierarchies))
    , m_path(std::move(path))
{
}

Result<UniqueFd> Cgroup::make_unified() const
{
    auto const* unified = m_hierarchies.unified();
    if (!unified)
        return UniqueFd();
    STAITHE_TRY(make_group(*unified, m_path));
    return open_directory(AT_FDCWD, directory(*unified));
}

Result<void> Cgroup::make_others() const
{
    for (auto const& hierarchy : m_hierarchies.all())
        if (hierarchy.version == 1)
            STAITHE_TRY(make_group(hierarchy, m_path));
    return {};
}

Result<void> Cgroup::limit(staithe_limits const& limits, bool all_devices) const
{
    for (int const version : { 1, 2 })
        for (auto const& setting : STAITHE_TRY(settings_for(limits, version))) {
            auto const* hierarchy = m_hierarchies.with(setting.controller);
            if (!hierarchy)
                return Error { STAITHE_UNSUPPORTED, 0,
                    "cannot limit the container: this machine has no cgroup controller '" + setting.controller + "'" };
            if (hierarchy->version == version)
                STAITHE_TRY(apply(m_hierarchies, m_path, setting));
        }
    if (all_devices)
        return {};
    return allow_devices(m_hierarchies, m_path);
}

Result<void> Cgroup::add(pid_t pid, bool unified_too) const
{
    auto const text = std::to_string(pid);
    for (auto const& hierarchy : m_hierarchies.all())
        if (hierarchy.version == 1 || unified_too)
            STAITHE_TRY(write_file(AT_FDCWD, directory(hierarchy) + "/cgroup.procs", text));
    return {};
}

Result<void> Cgroup::freeze(bool frozen, std::function<Result<void>()> const& go_on) const
{
    if (auto const* unified = m_hierarchies.unified()) {
        auto const group = directory(*unified);
        STAITHE_TRY(write_file(AT_FDCWD, group + "/cgroup.freeze", frozen ? "1" : "0"));
        return wait_until(go_on, [&]() -> Result<bool> {
            auto const events = STAITHE_TRY(read_file(AT_FDCWD, group + "/cgroup.events"));
            return (number_of_key(events, "frozen") == 1) == frozen;
        });
    }
    auto const* freezer = m_hierarchies.with("freezer");
    if (!freezer)
        return Error { STAITHE_UNSUPPORTED, 0, "this machine has no cgroup controller 'freezer'" };
    auto const state = directory(*freezer) + "/freezer.state";
    STAITHE_TRY(write_file(AT_FDCWD, state, frozen ? "FROZEN" : "THAWED"));
    return wait_until(go_on, [&]() -> Result<bool> {
        return STAITHE_TRY(read_file(AT_FDCWD, state)).starts_with(frozen ? "FROZEN" : "THAWED");
    });
}

std::string Cgroup::value(std::string_view controller, std::string const& v1_file, std::string const& v2_file) const
{
    auto const* hierarchy = m_hierarchies.with(controller);
    if (!hierarchy)
        return {};
    auto text = read_file(AT_FDCWD, directory(*hierarchy) + "/" + (hierarchy->version == 1 ? v1_file : v2_file));
    return text ? std::move(text).value() : std::string();
}

std::string Cgroup::stats() const
{
    uint64_t limit = number(value("memory", "memory.limit_in_bytes", "memory.max"));
    if (limit >= uint64_t { std::numeric_limits<int64_t>::max() } / 4096 * 4096) // how v1 writes "none"
        limit = 0;
    auto const events = value("memory", "memory.oom_control", "memory.events");
    uint64_t cpu_ns = number(value("cpuacct", "cpuacct.usage", "cpuacct.usage"));
    if (auto const* unified = m_hierarchies.unified())
        if (auto const stat = read_file(AT_FDCWD, directory(*unified) + "/cpu.stat"))
            cpu_ns = number_of_key(stat.value(), "usage_usec") * 1000;
    return "{\"memory_bytes\":" + std::to_string(number(value("memory", "memory.usage_in_bytes", "memory.current")))
        + ",\"memory_limit_bytes\":" + std::to_string(limit) + ",\"cpu_ns\":" + std::to_string(cpu_ns)
        + ",\"pids\":" + std::to_string(number(value("pids", "pids.current", "pids.current")))
        + ",\"oom_kills\":" + std::to_string(number_of_key(events, "oom_kill")) + "}";
}

} // namespace staithe::namespaces
