#include "daemon/network/name_spaces.hpp"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>

#include "daemon/network/link.hpp"
#include "daemon/network/sysctl.hpp"

namespace staithe::network {

namespace {

    constexpr size_t spare_count = 2;
    constexpr int loopback_index = 1;
    constexpr char own_name_space[] = "/proc/thread-self/ns/net";

    Result<UniqueFd> open_own()
    {
        UniqueFd fd(::open(own_name_space, O_RDONLY | O_CLOEXEC));
        if (!fd)
            return errno_error("cannot open the network namespace");
        return fd;
    }

    /// A kernel without IPv6 has nothing to switch off.
    Result<void> write_if_there(std::string const& name, std::string const& value)
    {
        auto written = write_sysctl(name, value);
        if (!written && written.error().code == STAITHE_NOT_FOUND)
            return {};
        return written;
    }

    /// What an eth0 to come must not do: speak IPv6, believe router advertisements, or follow redirects, which hairpin
    /// traffic would draw.
    Result<void> restrict_interfaces()
    {
        STAITHE_TRY(write_if_there("ipv6/conf/default/disable_ipv6", "1"));
        STAITHE_TRY(write_if_there("ipv6/conf/default/accept_ra", "0"));
        STAITHE_TRY(write_sysctl("ipv4/conf/all/accept_redirects", "0"));
        return write_sysctl("ipv4/conf/default/accept_redirects", "0");
    }

    template <class T> T pop(std::deque<T>& queue)
    {
        T first = std::move(queue.front());
        queue.pop_front();
        return first;
    }

    Result<NameSpace> prepare()
    {
        auto fd = STAITHE_TRY(open_own());
        auto netlink = STAITHE_TRY(Netlink::open(NETLINK_ROUTE));
        STAITHE_TRY(restrict_interfaces());
        STAITHE_TRY(set_up(netlink, loopback_index));
        return NameSpace { std::move(fd), std::move(netlink) };
    }

} // namespace

Result<std::unique_ptr<NameSpaces>> NameSpaces::create()
{
    return std::unique_ptr<NameSpaces>(new NameSpaces(STAITHE_TRY(open_own())));
}

NameSpaces::NameSpaces(UniqueFd home)
    : m_home(std::move(home))
    , m_worker([this] { work(); })
{
    (void)m_worker.wake();
}

Result<NameSpace> NameSpaces::take()
{
    MutexLock lock(m_mutex);
    ++m_waiting;
    while (m_spare.empty() && m_failures.empty()) {
        auto const woken = m_worker.wake();
        if (!woken)
            m_failures.push_back(woken.error());
        else
            m_changed.wait(m_mutex);
    }
    auto result = m_spare.empty() ? Result<NameSpace>(pop(m_failures)) : Result<NameSpace>(pop(m_spare));
    if (--m_waiting == 0)
        m_failures.clear();
    (void)m_worker.wake(); // for the next one; without a thread now, that one tries again
    return result;
}

/// Until nobody waits and there are spares again. After a failure that nobody waits for, the next take() tries again.
void NameSpaces::work()
{
    MutexLock lock(m_mutex);
    while (!m_worker.stopping() && (m_waiting > m_spare.size() + m_failures.size() || m_spare.size() < spare_count)) {
        lock.unlock();
        auto made = make();
        lock.lock();
        if (made)
            m_spare.push_back(std::move(made).value());
        else if (m_waiting > m_failures.size())
            m_failures.push_back(std::move(made.error()));
        else
            return;
        m_changed.notify_all();
    }
}

Result<NameSpace> NameSpaces::make() const
{
    if (::unshare(CLONE_NEWNET) != 0)
        return errno_error("cannot make a network namespace");
    auto made = prepare();
    // A thread that stayed would keep the namespace, and with it the pair, alive.
    if (::setns(m_home.get(), CLONE_NEWNET) != 0)
        return errno_error("cannot leave a container's network namespace");
    return made;
}

} // namespace staithe::network
