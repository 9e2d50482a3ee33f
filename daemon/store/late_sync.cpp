#include "daemon/store/late_sync.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::store {

namespace {
    constexpr std::chrono::milliseconds longest_wait { 500 };
}

LateSync::LateSync(std::string file)
    : m_file(std::move(file))
    , m_worker([this] { work(); })
{
}

LateSync::~LateSync()
{
    {
        MutexLock lock(m_mutex);
        m_stopping = true;
        m_changed.notify_all();
    }
    m_worker.stop();
}

void LateSync::want()
{
    {
        MutexLock lock(m_mutex);
        if (std::exchange(m_wanted, true))
            return;
    }
    (void)m_worker.wake(); // without a thread the next durable commit syncs this too
}

void LateSync::settle()
{
    MutexLock lock(m_mutex);
    m_wanted = false;
}

void LateSync::work()
{
    MutexLock lock(m_mutex);
    if (!m_stopping)
        (void)m_changed.wait_for(m_mutex, longest_wait);
    bool const wanted = std::exchange(m_wanted, false);
    lock.unlock();
    if (wanted)
        sync();
}

/// An error is no news: the next durable commit meets it and tells whoever asked for that.
void LateSync::sync() const
{
    UniqueFd const file(::open(m_file.c_str(), O_RDONLY | O_CLOEXEC));
    if (file)
        (void)::fdatasync(file.get());
}

} // namespace staithe::store
