#include "daemon/volumes/trash.hpp"

#include <cstdio>
#include <utility>

#include "daemon/os/file.hpp"

namespace staithe::volumes {

namespace {
    constexpr std::string_view prefix = ".removed-";
}

Trash::Trash(UniqueFd directory, os::Log& log)
    : m_directory(std::move(directory))
    , m_log(log)
    , m_worker([this] { work(); })
{
}

bool Trash::holds(std::string_view name)
{
    return name.starts_with(prefix);
}

void Trash::take(std::string const& name)
{
    std::string taken = name;
    if (!holds(name)) {
        taken = std::string(prefix) + name;
        if (::renameat(m_directory.get(), name.c_str(), m_directory.get(), taken.c_str()) != 0) {
            if (errno == ENOENT)
                return;
            m_log.warning(errno_error("cannot move volume '" + name + "' out of the way").message);
            taken = name;
        }
    }
    {
        MutexLock lock(m_mutex);
        m_names.push_back(std::move(taken));
    }
    auto const woken = m_worker.wake();
    if (!woken)
        m_log.warning("cannot remove volumes now: " + woken.error().message);
}

void Trash::work()
{
    MutexLock lock(m_mutex);
    while (!m_names.empty() && !m_worker.stopping()) {
        auto const name = std::move(m_names.front());
        m_names.pop_front();
        lock.unlock();
        auto const removed = os::remove_tree(m_directory.get(), name, [this] { return m_worker.stopping(); });
        if (!removed && removed.error().code != STAITHE_CANCELLED)
            m_log.warning("cannot remove volume '" + name + "' whole: " + removed.error().message);
        lock.lock();
    }
}

} // namespace staithe::volumes
