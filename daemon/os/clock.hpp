// Time: deadlines on the monotonic clock for waiting, nanoseconds on the real one for records.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace staithe::os {

/// Nanoseconds since 1970, for what people and files read.
inline int64_t real_time_ns()
{
    timespec t {};
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

/// CLOCK_MONOTONIC in nanoseconds: the form of staithe_call.deadline_ns.
inline int64_t monotonic_ns()
{
    timespec t {};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

/// The moment at which waiting ends; steps of the real clock do not move it.
class Deadline {
public:
    static Deadline never() { return Deadline(0); }
    static Deadline after(std::chrono::nanoseconds span) { return Deadline(monotonic_ns() + span.count()); }
    static Deadline at(int64_t monotonic) { return Deadline(monotonic); }

    bool is_never() const { return m_at == 0; }
    bool passed() const { return m_at != 0 && monotonic_ns() >= m_at; }
    /// 0: never.
    int64_t monotonic() const { return m_at; }
    /// Milliseconds for poll(2), rounded up; -1 for never.
    int poll_timeout() const
    {
        if (m_at == 0)
            return -1;
        int64_t const left = m_at - monotonic_ns();
        if (left <= 0)
            return 0;
        int64_t const ms = (left + 999'999) / 1'000'000;
        return ms > 3'600'000 ? 3'600'000 : static_cast<int>(ms);
    }

private:
    explicit Deadline(int64_t at)
        : m_at(at)
    {
    }
    int64_t m_at;
};

} // namespace staithe::os
