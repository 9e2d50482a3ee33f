#include "daemon/store/late_sync.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <system_error>
#include <utility>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::store {

namespace {
    constexpr std::chrono::milliseconds longest_wait { 500 };
}

LateSync::LateSync(std::string file)
    : m_file(std::move(file))
{
}

LateSync::~LateSync()
{
    std::thread last;
    {
        MutexLock lock(m_mutex);
        m_stopping = true;
        m_changed.notify_all();
        last = std::move(m_thread);
    }
    if (last.joinable())
        last.join();
}

void LateSync::want()
{
    MutexLock lock(m_mutex);
    m_wanted = true;
    if (m_running || m_stopping)
        return;
    if (m_thread.joinable())
        m_thread.join(); // it has let go of the lock for good
    try {
        m_thread = std::thread([this] { run(); });
        m_running = true;
    } catch (std::system_error const&) {
        m_running = false; // the next durable commit syncs this too
    }
}

void LateSync::settle()
{
    MutexLock lock(m_mutex);
    m_wanted = false;
}

void LateSync::run()
{
    MutexLock lock(m_mutex);
    while (m_wanted && !m_stopping) {
        (void)m_changed.wait_for(m_mutex, longest_wait);
        if (!std::exchange(m_wanted, false))
            continue;
        lock.unlock();
        sync();
        lock.lock();
    }
    m_running = false;
}

/// An error is no news: the next durable commit meets it and tells whoever asked for that.
void LateSync::sync() const
{
    UniqueFd const file(::open(m_file.c_str(), O_RDONLY | O_CLOEXEC));
    if (file)
        (void)::fdatasync(file.get());
}

} // namespace staithe::store
