// The tree of names: every container's own name, and links, which are further ways to it: "/db/alias" leads from the
// container "/db" to its child.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace staithe::containers {

/// Not thread-safe.
class NameTree {
public:
    struct Child {
        std::string path; ///< "/db/alias"
        std::string id;
    };

    /// A container's own name; one with a parent ("/a/b") is also the link of that parent. The name must be free.
    void add(std::string const& path, std::string const& id);
    /// A link; nothing: there is something at that path already, or no container for the part before the last '/'.
    bool link(std::string const& path, std::string const& id);
    /// Takes a container away, with its name and every link from and to it.
    void remove(std::string const& id);
    /// Takes a link away; false: there is none, or it leads to a container by its own name.
    bool unlink(std::string_view path);

    /// The container at a path, however deep. Null: none.
    std::string const* find(std::string_view path) const;
    bool is_own(std::string_view path) const { return m_own.contains(path); }
    /// Whom the container has links to, by alias.
    std::vector<Child> children_of(std::string const& id) const;
    /// The container's own name, then every link that leads to it.
    std::vector<std::string> paths_to(std::string const& id) const;

private:
    using Edge = std::pair<std::string, std::string>; // parent's id, alias
    struct Place {
        std::string parent; // id
        std::string alias;
    };
    std::optional<Place> place_of(std::string_view path) const;
    void connect(Place const&, std::string const& id);
    void disconnect(Edge const&);
    bool is_own_way(std::pair<Edge const, std::string> const&) const;
    void collect(std::string const& id, std::set<std::string>& trail, std::set<std::string>& paths) const;

    std::map<std::string, std::string, std::less<>> m_own; // path → id
    std::map<std::string, std::string, std::less<>> m_name_of; // id → own path
    std::map<Edge, std::string> m_edges; // → child's id
    std::map<std::string, std::set<Edge>, std::less<>> m_ways; // child's id → edges
};

} // namespace staithe::containers
