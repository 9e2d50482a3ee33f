#include "daemon/drivers/silent_keeper.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/os/file.hpp"
#include "daemon/os/process_list.hpp"

namespace staithe::drivers {

namespace {

    constexpr int patience_ms = 10'000;
    constexpr size_t longest_command = 4096;

    /// Keepers are run as "staithe-keeper SOCKET".
    bool is_keeper_of(pid_t pid, std::string const& socket_path)
    {
        auto const command = os::read_file("/proc/" + std::to_string(pid) + "/cmdline", longest_command);
        if (!command)
            return false;
        auto const& words = command.value();
        auto const end = words.find('\0');
        return end != words.npos && words.substr(0, end).ends_with("staithe-keeper")
            && words.compare(end + 1, std::string::npos, socket_path + '\0') == 0;
    }

    Result<void> end(pid_t pid, std::string const& socket_path)
    {
        UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        if (!process || !is_keeper_of(pid, socket_path)) // asked again: the number may be another's by now
            return {};
        (void)::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
        pollfd gone { process.get(), POLLIN, 0 };
        if (::poll(&gone, 1, patience_ms) == 1)
            return {};
        return Error { STAITHE_UNAVAILABLE, 0, "keeper " + std::to_string(pid) + " does not answer and does not die" };
    }

} // namespace

Result<void> end_silent_keeper(std::string const& socket_path)
{
    for (pid_t const pid : STAITHE_TRY(os::process_list()))
        if (is_keeper_of(pid, socket_path))
            STAITHE_TRY(end(pid, socket_path));
    return {};
}

} // namespace staithe::drivers
