// SPDX-License-Identifier: Apache-2.0
//
// Waiting by looking: from 0.1 ms, twice as long each time, up to 5 ms.
#include "plugins/execution/namespaces/wait.hpp"

#include <time.h>

#include <algorithm>

#include <staithe/cpp/plugin.hpp>

namespace staithe::namespaces {

namespace {

    constexpr int64_t second = 1'000'000'000;

    int64_t now_ns()
    {
        timespec now {};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        return int64_t { now.tv_sec } * second + now.tv_nsec;
    }

} // namespace

Result<void> wait_until(std::function<Result<void>()> const& go_on, std::function<Result<bool>()> const& done)
{
    for (long pause = 100'000;; pause = std::min(pause * 2, 5'000'000L)) {
        if (STAITHE_TRY(done()))
            return {};
        STAITHE_TRY(go_on());
        timespec const span { 0, pause };
        ::nanosleep(&span, nullptr);
    }
}

std::function<Result<void>()> patience(staithe_call const& call)
{
    int64_t const end = call.deadline_ns ? call.deadline_ns : now_ns() + 10 * second;
    return [&call, end]() -> Result<void> {
        STAITHE_TRY(proceed(call));
        if (now_ns() > end)
            return Error { STAITHE_CANCELLED, ETIMEDOUT, "timed out" };
        return {};
    };
}

} // namespace staithe::namespaces
