// One thread that calls back when descriptors become readable.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <thread>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::drivers {

class DescriptorWatch {
public:
    enum class Then { Forget, GoOn };
    /// Called from the watching thread while the descriptor is readable or hung up; must not block for long.
    using Ready = std::function<Then()>;

    static Result<std::unique_ptr<DescriptorWatch>> create();
    /// Ends the thread; what is being watched is forgotten. Not from within a Ready.
    ~DescriptorWatch();
    DescriptorWatch(DescriptorWatch const&) = delete;
    DescriptorWatch& operator=(DescriptorWatch const&) = delete;

    /// Thread-safe. `ready` must own whatever keeps fd open; it is destroyed once it is forgotten.
    Result<void> add(int fd, Ready ready) EXCLUDES(m_mutex);

private:
    DescriptorWatch(UniqueFd epoll, UniqueFd stop);
    void run();
    void serve(uint64_t id) EXCLUDES(m_mutex);

    struct Entry {
        int fd;
        std::shared_ptr<Ready> ready; // shared: with the call that is under way
    };
    UniqueFd m_epoll, m_stop;
    Mutex m_mutex;
    std::map<uint64_t, Entry> m_entries GUARDED_BY(m_mutex);
    uint64_t m_last_id GUARDED_BY(m_mutex) = 0;
    std::thread m_thread;
};

} // namespace staithe::drivers
