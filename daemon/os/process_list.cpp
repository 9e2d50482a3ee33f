#include "daemon/os/process_list.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/os/file.hpp"

namespace staithe::os {

Result<std::vector<pid_t>> process_list()
{
    std::vector<pid_t> pids;
    for (auto const& name : STAITHE_TRY(list_directory("/proc"))) {
        pid_t pid = 0;
        auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error == std::errc() && end == name.data() + name.size())
            pids.push_back(pid);
    }
    std::sort(pids.begin(), pids.end());
    return pids;
}

} // namespace staithe::os
