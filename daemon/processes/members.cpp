#include "daemon/processes/members.hpp"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/os/process_list.hpp"
#include "daemon/processes/process.hpp"

namespace staithe::processes {

namespace {

    using Namespace = std::pair<dev_t, ino_t>;

    constexpr int deepest_nesting = 32; // the kernel's own limit

    std::string file_of(std::string const& process)
    {
        return "/proc/" + process + "/ns/pid";
    }

    std::optional<Namespace> namespace_of(std::string const& process)
    {
        struct stat st { };
        if (::stat(file_of(process).c_str(), &st) != 0)
            return std::nullopt;
        return Namespace { st.st_dev, st.st_ino };
    }

    bool lies_below(std::string const& process, Namespace const& top)
    {
        UniqueFd fd(::open(file_of(process).c_str(), O_RDONLY | O_CLOEXEC));
        for (int level = 0; fd && level < deepest_nesting; ++level) {
            struct stat st { };
            if (::fstat(fd.get(), &st) != 0)
                return false;
            if (Namespace { st.st_dev, st.st_ino } == top)
                return true;
            fd = UniqueFd(::ioctl(fd.get(), NS_GET_PARENT)); // close-on-exec; fails above our own
        }
        return false;
    }

    std::vector<pid_t> inside(std::vector<pid_t> const& pids, Namespace const& top, Namespace const& own)
    {
        std::map<Namespace, bool> known { { own, false }, { top, true } };
        std::vector<pid_t> found;
        for (pid_t const pid : pids) {
            auto const name = std::to_string(pid);
            auto const its = namespace_of(name);
            if (!its)
                continue;
            auto answer = known.find(*its);
            if (answer == known.end())
                answer = known.emplace(*its, lies_below(name, top)).first;
            if (answer->second)
                found.push_back(pid);
        }
        return found;
    }

    /// Without a namespace of its own, a container is what descends from its first process.
    std::vector<pid_t> family(std::vector<pid_t> const& pids, pid_t init)
    {
        std::multimap<pid_t, pid_t> children;
        for (pid_t const pid : pids)
            if (auto const process = Process::open(pid))
                children.emplace(process->stat().parent, pid);
        std::set<pid_t> found { init };
        for (std::vector<pid_t> next { init }; !next.empty();) {
            pid_t const parent = next.back();
            next.pop_back();
            auto const [first, last] = children.equal_range(parent);
            for (auto child = first; child != last; ++child)
                if (found.insert(child->second).second)
                    next.push_back(child->second);
        }
        return { found.begin(), found.end() };
    }

} // namespace

Result<std::vector<pid_t>> members_of(pid_t init)
{
    auto const top = namespace_of(std::to_string(init));
    if (!top)
        return Error { STAITHE_NOT_FOUND, 0, "process " + std::to_string(init) + " has ended" };
    auto const own = namespace_of("self");
    auto const pids = STAITHE_TRY(os::process_list());
    if (own && *own == *top)
        return family(pids, init);
    return inside(pids, *top, own.value_or(Namespace()));
}

} // namespace staithe::processes
