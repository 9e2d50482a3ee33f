#include "daemon/processes/fields.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "daemon/processes/terminal.hpp"
#include "daemon/processes/text.hpp"
#include "daemon/processes/times.hpp"

namespace staithe::processes {

namespace {

    enum Id { Real, Effective, Saved, FileSystem };

    // Scheduling policies, as sched_setscheduler(2) numbers them.
    constexpr int64_t other = 0, batch = 3;
    constexpr std::string_view policies[] = { "TS", "FF", "RR", "B", "ISO", "IDL", "DLN" };

    uint64_t cpu_ticks(Process const& p)
    {
        return p.stat().user_time + p.stat().system_time;
    }

    uint64_t cpu_s(Process& p, Host& h)
    {
        return cpu_ticks(p) / h.ticks();
    }

    uint64_t elapsed_s(Process& p, Host& h)
    {
        uint64_t const started = p.stat().started;
        return h.uptime() > started ? (h.uptime() - started) / h.ticks() : 0;
    }

    time_t started_s(Process& p, Host& h)
    {
        return h.boot_s() + static_cast<time_t>(p.stat().started / h.ticks());
    }

    std::string tenths(uint64_t value, uint64_t most)
    {
        value = std::min(value, most);
        return value > 999 ? std::to_string(value / 10) : std::to_string(value / 10) + "." + std::to_string(value % 10);
    }

    /// In tenths of a percent of one processor, since it started.
    uint64_t cpu_share(Process& p, Host& h)
    {
        uint64_t const elapsed = elapsed_s(p, h);
        return elapsed == 0 ? 0 : cpu_ticks(p) * 1000 / h.ticks() / elapsed;
    }

    std::string command_name(Process& p, Host&)
    {
        return printable(p.stat().comm);
    }

    std::string command(Process& p, Host& h)
    {
        auto line = p.is_zombie() ? std::string() : p.command_line(h.command_limit());
        h.took_command(line.size());
        if (line.empty())
            return "[" + printable(p.stat().comm) + "]" + (p.is_zombie() ? " <defunct>" : "");
        std::replace(line.begin(), line.end(), '\0', ' ');
        return printable(line);
    }

    std::string state_letters(Process& p, Host&)
    {
        auto const& stat = p.stat();
        std::string letters(1, stat.state);
        if (stat.nice != 0)
            letters += stat.nice < 0 ? '<' : 'N';
        if (p.status().locked > 0)
            letters += 'L';
        if (stat.session == p.pid())
            letters += 's';
        if (stat.threads > 1)
            letters += 'l';
        if (stat.group == stat.terminal_group)
            letters += '+';
        return letters;
    }

    std::string nice(Process& p, Host&)
    {
        bool const matters = p.stat().policy == other || p.stat().policy == batch;
        return matters ? std::to_string(p.stat().nice) : "-";
    }

    std::string realtime_priority(Process& p, Host&)
    {
        return p.stat().policy == other ? "-" : std::to_string(p.stat().realtime_priority);
    }

    std::string policy(Process& p, Host&)
    {
        auto const number = p.stat().policy;
        return number >= 0 && number < std::ssize(policies) ? std::string(policies[number]) : "?";
    }

    std::string waits_in(Process& p, Host&)
    {
        auto const function = p.text("wchan");
        size_t const begin = function.find_first_not_of("._");
        return begin == std::string::npos || function == "0" ? "-" : printable(function.substr(begin));
    }

    std::string label(Process& p, Host&)
    {
        auto const text = p.text("attr/current");
        return text.empty() ? "-" : printable(text);
    }

    /// Those that are not the root of their hierarchy.
    std::string cgroups(Process& p, Host&)
    {
        std::string text;
        auto const lines = p.text("cgroup");
        for (size_t at = 0; at < lines.size();) {
            auto const line = lines.substr(at, lines.find('\n', at) - at);
            at += line.size() + 1;
            if (!line.ends_with(":/"))
                text += (text.empty() ? "" : ",") + printable(line);
        }
        return text.empty() ? "-" : text;
    }

    std::string flags(Process& p, Host&)
    {
        return std::to_string(p.stat().flags >> 6 & 7); // forked, used super-user's rights
    }

    std::string size_in_pages(Process& p, Host&)
    {
        return std::to_string(p.status().size * 1024 / static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)));
    }

    std::string memory_share(Process& p, Host& h)
    {
        return tenths(h.memory_kib() == 0 ? 0 : p.status().resident * 1000 / h.memory_kib(), 999);
    }

    template <Id id> std::string user_name(Process& p, Host& h)
    {
        return h.user(p.status().uids[id]);
    }
    template <Id id> std::string user_id(Process& p, Host&)
    {
        return std::to_string(p.status().uids[id]);
    }
    template <Id id> std::string group_name(Process& p, Host& h)
    {
        return h.group(p.status().gids[id]);
    }
    template <Id id> std::string group_id(Process& p, Host&)
    {
        return std::to_string(p.status().gids[id]);
    }
    template <auto member> std::string number(Process& p, Host&)
    {
        return std::to_string(p.stat().*member);
    }

    std::string pid(Process& p, Host&)
    {
        return std::to_string(p.pid());
    }
    std::string resident(Process& p, Host&)
    {
        return std::to_string(p.status().resident);
    }
    std::string virtual_size(Process& p, Host&)
    {
        return std::to_string(p.status().size);
    }
    std::string terminal(Process& p, Host&)
    {
        return terminal_name(p.stat().terminal);
    }
    std::string state(Process& p, Host&)
    {
        return std::string(1, p.stat().state);
    }
    std::string nothing(Process&, Host&)
    {
        return "-";
    }
    std::string cpu_percent(Process& p, Host& h)
    {
        return tenths(cpu_share(p, h), UINT64_MAX);
    }
    std::string cpu_integer(Process& p, Host& h)
    {
        return std::to_string(std::min<uint64_t>(cpu_share(p, h) / 10, 99));
    }
    std::string cpu_time(Process& p, Host& h)
    {
        return days_and_time(cpu_s(p, h));
    }
    std::string cpu_seconds(Process& p, Host& h)
    {
        return std::to_string(cpu_s(p, h));
    }
    std::string cpu_minutes(Process& p, Host& h)
    {
        return minutes_and_seconds(cpu_s(p, h));
    }
    std::string elapsed(Process& p, Host& h)
    {
        return elapsed_time(elapsed_s(p, h));
    }
    std::string elapsed_seconds(Process& p, Host& h)
    {
        return std::to_string(elapsed_s(p, h));
    }
    std::string started_full(Process& p, Host& h)
    {
        return full_date(started_s(p, h));
    }
    std::string started_exactly(Process& p, Host& h)
    {
        return time_or_date(started_s(p, h), h.now_s());
    }
    std::string started_shortly(Process& p, Host& h)
    {
        return short_date(started_s(p, h), h.now_s());
    }
    std::string started_bsd(Process& p, Host& h)
    {
        return bsd_date(started_s(p, h), h.now_s());
    }
    template <int base, int sign> std::string priority(Process& p, Host&)
    {
        return std::to_string(base + sign * p.stat().priority);
    }

    constexpr Field fields[] = {
        { "%cpu", "%CPU", cpu_percent },
        { "%mem", "%MEM", memory_share },
        { "addr", "ADDR", nothing },
        { "args", "COMMAND", command },
        { "bsdstart", "START", started_bsd },
        { "bsdtime", "TIME", cpu_minutes },
        { "c", "C", cpu_integer },
        { "cgroup", "CGROUP", cgroups },
        { "class", "CLS", policy },
        { "cls", "CLS", policy },
        { "cmd", "CMD", command },
        { "comm", "COMMAND", command_name },
        { "command", "COMMAND", command },
        { "cputime", "TIME", cpu_time },
        { "cputimes", "TIME", cpu_seconds },
        { "egid", "EGID", group_id<Effective> },
        { "egroup", "EGROUP", group_name<Effective> },
        { "etime", "ELAPSED", elapsed },
        { "etimes", "ELAPSED", elapsed_seconds },
        { "euid", "EUID", user_id<Effective> },
        { "euser", "EUSER", user_name<Effective> },
        { "f", "F", flags },
        { "fgid", "FGID", group_id<FileSystem> },
        { "fgroup", "FGROUP", group_name<FileSystem> },
        { "flag", "F", flags },
        { "flags", "F", flags },
        { "fuid", "FUID", user_id<FileSystem> },
        { "fuser", "FUSER", user_name<FileSystem> },
        { "gid", "GID", group_id<Effective> },
        { "group", "GROUP", group_name<Effective> },
        { "intpri", "PRI", priority<60, 1> },
        { "label", "LABEL", label },
        { "lstart", "STARTED", started_full },
        { "lwp", "LWP", pid },
        { "maj_flt", "MAJFL", number<&Stat::major_faults> },
        { "majflt", "MAJFLT", number<&Stat::major_faults> },
        { "min_flt", "MINFL", number<&Stat::minor_faults> },
        { "minflt", "MINFLT", number<&Stat::minor_faults> },
        { "ni", "NI", nice },
        { "nice", "NI", nice },
        { "nlwp", "NLWP", number<&Stat::threads> },
        { "opri", "PRI", priority<60, 1> },
        { "pcpu", "%CPU", cpu_percent },
        { "pgid", "PGID", number<&Stat::group> },
        { "pgrp", "PGRP", number<&Stat::group> },
        { "pid", "PID", pid },
        { "pmem", "%MEM", memory_share },
        { "policy", "POL", policy },
        { "ppid", "PPID", number<&Stat::parent> },
        { "pri", "PRI", priority<39, -1> },
        { "priority", "PRI", priority<0, 1> },
        { "psr", "PSR", number<&Stat::processor> },
        { "rgid", "RGID", group_id<Real> },
        { "rgroup", "RGROUP", group_name<Real> },
        { "rss", "RSS", resident },
        { "rssize", "RSS", resident },
        { "rsz", "RSZ", resident },
        { "rtprio", "RTPRIO", realtime_priority },
        { "ruid", "RUID", user_id<Real> },
        { "ruser", "RUSER", user_name<Real> },
        { "s", "S", state },
        { "sess", "SESS", number<&Stat::session> },
        { "session", "SESS", number<&Stat::session> },
        { "sgid", "SGID", group_id<Saved> },
        { "sgroup", "SGROUP", group_name<Saved> },
        { "sid", "SID", number<&Stat::session> },
        { "spid", "SPID", pid },
        { "start", "STARTED", started_exactly },
        { "start_time", "START", started_shortly },
        { "stat", "STAT", state_letters },
        { "state", "S", state },
        { "stime", "STIME", started_shortly },
        { "suid", "SUID", user_id<Saved> },
        { "suser", "SUSER", user_name<Saved> },
        { "sz", "SZ", size_in_pages },
        { "tgid", "TGID", pid },
        { "thcount", "THCNT", number<&Stat::threads> },
        { "tid", "TID", pid },
        { "time", "TIME", cpu_time },
        { "tname", "TTY", terminal },
        { "tpgid", "TPGID", number<&Stat::terminal_group> },
        { "tt", "TT", terminal },
        { "tty", "TT", terminal },
        { "ucmd", "CMD", command_name },
        { "ucomm", "COMMAND", command_name },
        { "uid", "UID", user_id<Effective> },
        { "uname", "USER", user_name<Effective> },
        { "user", "USER", user_name<Effective> },
        { "vsize", "VSZ", virtual_size },
        { "vsz", "VSZ", virtual_size },
        { "wchan", "WCHAN", waits_in },
    };

    static_assert(std::ranges::is_sorted(fields, {}, &Field::name));

} // namespace

Field const* find_field(std::string_view name)
{
    auto const found = std::ranges::lower_bound(fields, name, {}, &Field::name);
    return found != std::end(fields) && found->name == name ? found : nullptr;
}

} // namespace staithe::processes
