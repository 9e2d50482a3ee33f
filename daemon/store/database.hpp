// One SQLite connection through Poco::Data, with its exceptions turned into Errors and its durability chosen per
// transaction.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/result.hpp>

#include "daemon/store/late_sync.hpp"

namespace Poco::Data {
class Session;
}

namespace staithe::store {

/// Durable: on disk when the call returns, power loss included. Lazy: on disk within a second, never torn, and never
/// before what was committed earlier; for what the keepers can tell again.
enum class Durability { Durable, Lazy };

/// Thread-safe: transactions run one after the other.
class Database {
public:
    /// Opens or makes the file. STAITHE_CORRUPT: it is damaged or no database at all; nothing was changed then.
    static Result<std::unique_ptr<Database>> open(std::string const& path);
    ~Database();

    /// Runs f inside one transaction: all of it or nothing. f may throw what Poco throws.
    Result<void> transaction(Durability, std::function<void(Poco::Data::Session&)> const& f) EXCLUDES(m_mutex);
    /// Runs f outside of a transaction; what it had done before an exception remains with the caller.
    Result<void> read(std::function<void(Poco::Data::Session&)> const& f) EXCLUDES(m_mutex);

private:
    Database(std::unique_ptr<Poco::Data::Session>, std::string const& path);
    void use(Durability) REQUIRES(m_mutex);
    void bury_failed_commit() REQUIRES(m_mutex);

    LateSync m_late_sync;
    Mutex m_mutex;
    std::unique_ptr<Poco::Data::Session> m_session GUARDED_BY(m_mutex);
    Durability m_durability GUARDED_BY(m_mutex) = Durability::Durable;
};

} // namespace staithe::store
