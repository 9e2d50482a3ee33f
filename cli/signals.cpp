#include "cli/signals.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <charconv>
#include <memory>
#include <string>

#include <strings.h>

namespace staithe::cli {

namespace {

    sigset_t watched_signals()
    {
        sigset_t set;
        sigemptyset(&set);
        for (int const number : { SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGWINCH })
            sigaddset(&set, number);
        return set;
    }

    void watch(UniqueFd const& signals, int stop, std::function<void(int)> const& handler)
    {
        for (;;) {
            pollfd fds[2] = { { signals.get(), POLLIN, 0 }, { stop, POLLIN, 0 } };
            if (::poll(fds, 2, -1) < 0)
                continue;
            if (fds[1].revents)
                return;
            signalfd_siginfo info {};
            if (::read(signals.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info))
                handler(static_cast<int>(info.ssi_signo));
        }
    }

} // namespace

Result<int> parse_signal(std::string_view text)
{
    int number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= SIGRTMAX)
        return number;
    std::string name(text);
    if (name.size() > 3 && ::strncasecmp(name.c_str(), "SIG", 3) == 0)
        name.erase(0, 3);
    for (int candidate = 1; candidate < 32; ++candidate) {
        char const* const known = ::sigabbrev_np(candidate);
        if (known && ::strcasecmp(known, name.c_str()) == 0)
            return candidate;
    }
    return Error { STAITHE_INVALID, 0,
        "unknown signal '" + std::string(text) + "'\n  give a name such as TERM or HUP, or a number" };
}

Result<SignalWatch> SignalWatch::create(std::function<void(int)> handler)
{
    sigset_t const set = watched_signals();
    SignalWatch made;
    UniqueFd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    made.m_stop.reset(::eventfd(0, EFD_CLOEXEC));
    if (!signals || !made.m_stop)
        return errno_error("cannot watch for signals");
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    made.m_thread = std::thread([signals = std::move(signals), stop = made.m_stop.get(), handler = std::move(handler)] {
        watch(signals, stop, handler);
    });
    return made;
}

SignalWatch::~SignalWatch()
{
    if (!m_thread.joinable())
        return;
    uint64_t const one = 1;
    [[maybe_unused]] auto const n = ::write(m_stop.get(), &one, sizeof one);
    m_thread.join();
    sigset_t const set = watched_signals();
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void die_by_signal(int number)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    ::signal(number, SIG_DFL);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    ::raise(number);
    ::_exit(128 + number); // its default effect was not the end
}

} // namespace staithe::cli
