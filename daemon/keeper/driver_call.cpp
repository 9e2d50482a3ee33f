#include "daemon/keeper/driver_call.hpp"

#include <sys/prctl.h>
#include <sys/time.h>

#include <algorithm>
#include <cstdio>

#include "daemon/os/clock.hpp"
#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::keeper {

namespace {

    constexpr int64_t grace_ns = 2'000'000'000;

    /// SIGALRM, which nobody handles, when it runs out. Children do not inherit it.
    void set_alarm(int64_t span_ns)
    {
        itimerval timer {};
        timer.it_value.tv_sec = span_ns / 1'000'000'000;
        timer.it_value.tv_usec = span_ns % 1'000'000'000 / 1000;
        (void)::setitimer(ITIMER_REAL, &timer, nullptr);
    }

} // namespace

DriverCall::DriverCall(char const* function, int64_t deadline_ns)
{
    char name[16];
    std::snprintf(name, sizeof name, "%s%s", rpc::keeper::stage_prefix, function);
    (void)::prctl(PR_SET_NAME, name);
    if (deadline_ns != 0)
        set_alarm(std::max<int64_t>(deadline_ns - os::monotonic_ns(), 0) + grace_ns);
}

DriverCall::~DriverCall()
{
    set_alarm(0);
    (void)::prctl(PR_SET_NAME, "staithe-keeper");
}

} // namespace staithe::keeper
