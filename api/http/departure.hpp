// Who wants to know that a client has gone before its reply was whole.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include <staithe/cpp/mutex.hpp>

namespace staithe::http {

/// Thread-safe. The functions run without any lock, each at most once.
class Departure {
public:
    using Callbacks = std::vector<std::function<void()>>;

    /// True: the client has gone already, and somebody must call tell().
    bool add(std::function<void()> f)
    {
        MutexLock lock(m_mutex);
        m_callbacks.push_back(std::move(f));
        return m_happened;
    }
    void happen()
    {
        {
            MutexLock lock(m_mutex);
            m_happened = true;
        }
        tell();
    }
    void tell()
    {
        for (auto const& f : take())
            f();
    }
    /// Nobody wants to know any more. What is returned goes where no lock is held.
    [[nodiscard]] Callbacks take()
    {
        MutexLock lock(m_mutex);
        return std::exchange(m_callbacks, {});
    }

private:
    Mutex m_mutex;
    Callbacks m_callbacks GUARDED_BY(m_mutex);
    bool m_happened GUARDED_BY(m_mutex) = false;
};

} // namespace staithe::http
