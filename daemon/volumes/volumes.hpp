// Managed volumes: directories that outlive the containers that use them, one per volume, with a row each. Which
// containers use one is the containers' affair.
//
//     <state>/volumes/<id>/data     what containers see; filled from the image at the first start (by the keeper)
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/result.hpp>
#include <staithe/cpp/unique_fd.hpp>

#include "daemon/os/log.hpp"
#include "daemon/store/store.hpp"
#include "daemon/volumes/trash.hpp"

namespace staithe::volumes {

/// Thread-safe.
class Volumes {
public:
    /// Makes the directory where it is missing, and removes what of it has no row (left by a make or remove that was
    /// cut short), if the directory is this store's; volumes alone, nothing else that may lie there.
    static Result<std::unique_ptr<Volumes>> create(
        std::string directory, store::Store&, std::vector<store::VolumeRecord> const&, os::Log&);

    /// Makes that many empty volumes and gives their ids; all of them or none, durable when it returns.
    Result<std::vector<std::string>> make(size_t count) EXCLUDES(m_mutex);
    /// Removes volumes; unknown ids are fine. Their bytes go in the background, as long as that may take.
    Result<void> remove(std::vector<std::string> const& ids) EXCLUDES(m_mutex);

    /// The directory of a volume, for the keeper. NOT_FOUND: there is no such volume.
    Result<UniqueFd> open(std::string const& id) const EXCLUDES(m_mutex);
    /// "<state>/volumes/<id>/data": what inspect shows.
    std::string path_of(std::string const& id) const;
    /// The id, if the path is path_of() of a volume that exists; else empty: a bind.
    std::string id_of(std::string_view path) const EXCLUDES(m_mutex);

private:
    Volumes(std::string directory, UniqueFd, store::Store&, os::Log&);
    Result<void> sweep() REQUIRES(m_mutex);
    Result<void> make_all(size_t count, std::vector<std::string>& ids);

    std::string const m_directory;
    store::Store& m_store;
    os::Log& m_log;
    Trash m_trash;
    mutable Mutex m_mutex;
    std::set<std::string, std::less<>> m_known GUARDED_BY(m_mutex);
};

} // namespace staithe::volumes
