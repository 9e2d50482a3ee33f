// Notices when another program removes or changes our nftables tables, as a firewall's reload may, and brings them
// back.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::network {

class TableWatch {
public:
    /// damaged: called from the watching thread, at most once a second, a moment after the last change by somebody
    /// else. signature: what the comment of the table holds when this process makes it; by it the watch knows which
    /// changes are its own.
    static Result<std::unique_ptr<TableWatch>> create(std::string signature, std::function<void()> damaged);
    ~TableWatch();
    TableWatch(TableWatch const&) = delete;
    TableWatch& operator=(TableWatch const&) = delete;

private:
    TableWatch(UniqueFd events, UniqueFd stop, std::string signature, std::function<void()> damaged);
    void run();
    void take(char const* messages, size_t size);

    UniqueFd m_events, m_stop;
    std::string const m_signature;
    std::function<void()> const m_damaged;
    // Of the watching thread:
    uint32_t m_own_port = 0; // netlink's name for this process's libnftables
    bool m_touched = false, m_signed = false; // by the transaction whose messages arrive
    bool m_pending = false; // somebody else's transaction touched the tables
    std::thread m_thread;
};

} // namespace staithe::network
