#include "daemon/containers/name_tree.hpp"

#include <algorithm>

namespace staithe::containers {

void NameTree::add(std::string const& path, std::string const& id)
{
    auto const place = place_of(path);
    m_own.emplace(path, id);
    m_name_of.emplace(id, path);
    if (place)
        connect(*place, id);
}

bool NameTree::link(std::string const& path, std::string const& id)
{
    auto const place = place_of(path);
    if (!place || find(path))
        return false;
    connect(*place, id);
    return true;
}

void NameTree::connect(Place const& place, std::string const& id)
{
    Edge const edge { place.parent, place.alias };
    m_edges.emplace(edge, id);
    m_ways[id].insert(edge);
}

void NameTree::disconnect(Edge const& edge)
{
    auto const found = m_edges.find(edge);
    auto const ways = m_ways.find(found->second);
    ways->second.erase(edge);
    if (ways->second.empty())
        m_ways.erase(ways);
    m_edges.erase(found);
}

void NameTree::remove(std::string const& id)
{
    for (auto edge = m_edges.lower_bound({ id, "" }); edge != m_edges.end() && edge->first.first == id;)
        disconnect((edge++)->first);
    if (auto const ways = m_ways.extract(id))
        for (auto const& edge : ways.mapped())
            m_edges.erase(edge);
    if (auto const name = m_name_of.extract(id))
        m_own.erase(name.mapped());
}

bool NameTree::unlink(std::string_view path)
{
    auto const place = place_of(path);
    auto const edge = place ? m_edges.find({ place->parent, place->alias }) : m_edges.end();
    if (edge == m_edges.end() || is_own(path) || is_own_way(*edge))
        return false;
    disconnect(edge->first);
    return true;
}

/// Is it the last step of the child's own name? There may be other ways to its parent.
bool NameTree::is_own_way(std::pair<Edge const, std::string> const& edge) const
{
    auto const own = m_name_of.find(edge.second);
    auto const place = own == m_name_of.end() ? std::nullopt : place_of(own->second);
    return place && Edge { place->parent, place->alias } == edge.first;
}

std::optional<NameTree::Place> NameTree::place_of(std::string_view path) const
{
    size_t const slash = path.rfind('/');
    auto const* const parent = slash == path.npos || slash == 0 ? nullptr : find(path.substr(0, slash));
    if (!parent)
        return {};
    return Place { *parent, std::string(path.substr(slash + 1)) };
}

std::string const* NameTree::find(std::string_view path) const
{
    constexpr size_t longest = 4096;
    if (path.size() > longest)
        return nullptr;
    std::string const* found = nullptr;
    for (size_t end = 0; end < path.size();) { // part by part; an own name may have several
        size_t const begin = end + 1;
        end = std::min(path.find('/', begin), path.size());
        if (auto const own = m_own.find(path.substr(0, end)); own != m_own.end()) {
            found = &own->second;
        } else if (found) {
            auto const edge = m_edges.find({ *found, std::string(path.substr(begin, end - begin)) });
            found = edge == m_edges.end() ? nullptr : &edge->second;
        }
    }
    return found;
}

std::vector<NameTree::Child> NameTree::children_of(std::string const& id) const
{
    std::vector<Child> children;
    auto const name = m_name_of.find(id);
    if (name == m_name_of.end())
        return children;
    for (auto edge = m_edges.lower_bound({ id, "" }); edge != m_edges.end() && edge->first.first == id; ++edge)
        children.push_back({ name->second + "/" + edge->first.second, edge->second });
    return children;
}

std::vector<std::string> NameTree::paths_to(std::string const& id) const
{
    auto const name = m_name_of.find(id);
    if (name == m_name_of.end())
        return {};
    std::vector<std::string> list { name->second };
    if (!m_ways.contains(id))
        return list;
    std::set<std::string> trail, paths;
    collect(id, trail, paths);
    for (auto const& path : paths)
        if (path != name->second)
            list.push_back(path);
    return list;
}

/// Links may lead in circles, and in more ways than anybody wants to see.
void NameTree::collect(std::string const& id, std::set<std::string>& trail, std::set<std::string>& paths) const
{
    constexpr size_t enough = 100, deep = 4;
    if (auto const name = m_name_of.find(id); name != m_name_of.end())
        paths.insert(name->second);
    auto const ways = m_ways.find(id);
    if (ways == m_ways.end() || trail.size() == deep || !trail.insert(id).second)
        return;
    for (auto const& [parent, alias] : ways->second) {
        std::set<std::string> above;
        if (paths.size() < enough)
            collect(parent, trail, above);
        for (auto const& path : above)
            paths.insert(path + "/" + alias);
    }
    trail.erase(id);
}

} // namespace staithe::containers
