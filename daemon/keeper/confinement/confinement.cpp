// SPDX-License-Identifier: Apache-2.0
//
// The default profile's data. The seccomp part is generated at build time; see generate.cpp.
#include "daemon/keeper/confinement/confinement.hpp"

#include <linux/capability.h>
#include <linux/filter.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <staithe/cpp/text.hpp>

namespace staithe::keeper {

namespace {

#include "profile.inc"

    constexpr uint64_t nofile_soft = 1024, nofile_hard = 524288;

    constexpr int kept_capabilities[] { CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FSETID, CAP_FOWNER, CAP_MKNOD, CAP_NET_RAW,
        CAP_SETGID, CAP_SETUID, CAP_SETFCAP, CAP_SETPCAP, CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_KILL,
        CAP_AUDIT_WRITE };

    constexpr std::string_view masked_paths[] { "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore",
        "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
        "/sys/firmware", "/sys/devices/virtual/powercap" };

    constexpr std::string_view readonly_paths[] { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
        "/proc/sysrq-trigger" };

    constexpr uint64_t capability_set()
    {
        uint64_t set = 0;
        for (int const capability : kept_capabilities)
            set |= uint64_t { 1 } << capability;
        return set;
    }

    /// Through these a container could slow down a CPU for everybody.
    std::vector<std::string> thermal_paths()
    {
        std::vector<std::string> paths;
        long const count = ::sysconf(_SC_NPROCESSORS_CONF);
        for (long cpu = 0; cpu < count; ++cpu) {
            auto path = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/thermal_throttle";
            if (::access(path.c_str(), F_OK) == 0)
                paths.push_back(std::move(path));
        }
        return paths;
    }

    std::vector<staithe_text> const& masked()
    {
        static std::vector<std::string> const thermal = thermal_paths();
        static std::vector<staithe_text> const all = [] {
            std::vector<staithe_text> texts;
            for (auto const path : masked_paths)
                texts.push_back(text(path));
            for (auto const& path : thermal)
                texts.push_back(text(path));
            return texts;
        }();
        return all;
    }

    std::vector<staithe_text> const& readonly()
    {
        static std::vector<staithe_text> const all = [] {
            std::vector<staithe_text> texts;
            for (auto const path : readonly_paths)
                texts.push_back(text(path));
            return texts;
        }();
        return all;
    }

} // namespace

staithe_confinement default_confinement(bool no_new_privileges)
{
    staithe_confinement c {};
    c.struct_size = sizeof c;
    c.no_new_privileges = no_new_privileges;
    c.capabilities = capability_set();
    c.seccomp_program = default_filter;
    c.seccomp_size = sizeof default_filter;
    c.seccomp_rules = { default_rules, sizeof default_rules - 1 };
    c.masked = masked().data();
    c.masked_count = masked().size();
    c.readonly = readonly().data();
    c.readonly_count = readonly().size();
    c.nofile_soft = nofile_soft;
    c.nofile_hard = nofile_hard;
    return c;
}

staithe_confinement privileged_confinement()
{
    staithe_confinement c {};
    c.struct_size = sizeof c;
    c.privileged = true;
    c.capabilities = ~uint64_t { 0 };
    c.nofile_soft = nofile_soft;
    c.nofile_hard = nofile_hard;
    return c;
}

} // namespace staithe::keeper
