#include "daemon/drivers/descriptor_watch.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>

namespace staithe::drivers {

namespace {

    constexpr uint64_t stop_id = 0;

    Result<void> watch(int epoll, int fd, uint64_t id)
    {
        epoll_event event {};
        event.events = EPOLLIN;
        event.data.u64 = id;
        if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
            return errno_error("cannot watch a descriptor");
        return {};
    }

} // namespace

Result<std::unique_ptr<DescriptorWatch>> DescriptorWatch::create()
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC)), stop(::eventfd(0, EFD_CLOEXEC));
    if (!epoll || !stop)
        return errno_error("cannot make an epoll instance");
    STAITHE_TRY(watch(epoll.get(), stop.get(), stop_id));
    return std::unique_ptr<DescriptorWatch>(new DescriptorWatch(std::move(epoll), std::move(stop)));
}

DescriptorWatch::DescriptorWatch(UniqueFd epoll, UniqueFd stop)
    : m_epoll(std::move(epoll))
    , m_stop(std::move(stop))
    , m_thread([this] { run(); })
{
}

DescriptorWatch::~DescriptorWatch()
{
    (void)::eventfd_write(m_stop.get(), 1);
    m_thread.join();
}

Result<void> DescriptorWatch::add(int fd, Ready ready)
{
    MutexLock lock(m_mutex);
    uint64_t const id = ++m_last_id;
    m_entries[id] = { fd, std::make_shared<Ready>(std::move(ready)) };
    auto watched = watch(m_epoll.get(), fd, id);
    if (!watched)
        m_entries.erase(id);
    return watched;
}

void DescriptorWatch::run()
{
    std::array<epoll_event, 32> events;
    for (;;) {
        int const n = ::epoll_wait(m_epoll.get(), events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < n; ++i) {
            uint64_t const id = events[static_cast<size_t>(i)].data.u64;
            if (id == stop_id)
                return;
            serve(id);
        }
    }
}

void DescriptorWatch::serve(uint64_t id)
{
    std::shared_ptr<Ready> ready;
    {
        MutexLock lock(m_mutex);
        auto const entry = m_entries.find(id);
        if (entry == m_entries.end())
            return;
        ready = entry->second.ready;
    }
    if ((*ready)() == Then::GoOn)
        return;
    MutexLock lock(m_mutex);
    auto const entry = m_entries.find(id);
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, entry->second.fd, nullptr);
    m_entries.erase(entry);
}

} // namespace staithe::drivers
