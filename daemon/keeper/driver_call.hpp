// While a driver's function runs: who reads ps(1), or the daemon after a crash, sees which one in the keeper's name,
// and a function that never returns ends the keeper. Its daemon, or the next one, then frees what the container held.
#pragma once

#include <cstdint>

namespace staithe::keeper {

/// One at a time: the keeper has one thread.
class DriverCall {
public:
    /// deadline_ns on the monotonic clock; 0: never. A grace follows, for a driver that sees its deadline and tidies
    /// up.
    DriverCall(char const* function, int64_t deadline_ns);
    ~DriverCall();
    DriverCall(DriverCall const&) = delete;
    DriverCall& operator=(DriverCall const&) = delete;
};

} // namespace staithe::keeper
