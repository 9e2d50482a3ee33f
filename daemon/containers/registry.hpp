// All containers in memory: by id, by prefix of an id, by name and link, and in the order of their creation.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <staithe/cpp/mutex.hpp>

#include "daemon/containers/container.hpp"
#include "daemon/containers/name_tree.hpp"

namespace staithe::containers {

/// shared: requests, the keepers' thread and the registry hold a container, and none outlives all others for certain.
using ContainerPtr = std::shared_ptr<Container>;

/// Thread-safe.
class Registry {
public:
    /// Reserves a name for a container in the making: the given one, or a made-up one. "Conflict, /NAME already
    /// exists." also for a name that an existing container's id begins with (12 digits or more).
    Result<std::string> reserve_name(std::string_view name, std::string const& id) EXCLUDES(m_mutex);
    /// Takes a reservation back.
    void release_name(std::string const& id) EXCLUDES(m_mutex);

    void add(ContainerPtr) EXCLUDES(m_mutex);
    void erase(Container const&) EXCLUDES(m_mutex);

    /// By name or a link's path, then by unique id prefix. NOT_FOUND: "No such container: NAME".
    Result<ContainerPtr> find(std::string_view name) const EXCLUDES(m_mutex);
    /// By name or a link's path only. NOT_FOUND: "Could not find entity for NAME".
    Result<ContainerPtr> named(std::string_view name) const EXCLUDES(m_mutex);
    ContainerPtr by_id(std::string_view id) const EXCLUDES(m_mutex);
    /// Newest first.
    std::vector<ContainerPtr> all() const EXCLUDES(m_mutex);
    size_t size() const EXCLUDES(m_mutex);

    /// Adds a link; false: its path is taken, or parent or child is not there.
    bool link(store::NameRecord const&) EXCLUDES(m_mutex);
    /// Takes a link away; the child, or null if there is no link of this path.
    ContainerPtr unlink(std::string_view path) EXCLUDES(m_mutex);
    struct Child {
        std::string path; ///< "/db/alias"
        ContainerPtr container;
    };
    std::vector<Child> children_of(std::string const& id) const EXCLUDES(m_mutex);
    /// Its own name, then every link that leads to it.
    std::vector<std::string> paths_to(std::string const& id) const EXCLUDES(m_mutex);

    /// The name, without its '/', of a container made from this image, or empty.
    std::string user_of_image(std::string const& image) const EXCLUDES(m_mutex);

private:
    ContainerPtr by_prefix(std::string_view prefix) const REQUIRES(m_mutex);
    ContainerPtr by_path(std::string_view name) const REQUIRES(m_mutex);
    Result<std::string> checked(std::string_view name) const REQUIRES(m_mutex);

    mutable Mutex m_mutex;
    std::map<std::string, ContainerPtr, std::less<>> m_by_id GUARDED_BY(m_mutex);
    NameTree m_names GUARDED_BY(m_mutex);
    std::map<std::pair<int64_t, std::string>, ContainerPtr> m_by_age GUARDED_BY(m_mutex);
};

} // namespace staithe::containers
