#include "daemon/containers/registry.hpp"

#include <utility>

#include "daemon/containers/names.hpp"

namespace staithe::containers {

Result<std::string> Registry::checked(std::string_view wanted) const
{
    auto name = STAITHE_TRY(normalize_name(wanted));
    std::string_view const bare = std::string_view(name).substr(1);
    bool const is_an_id = bare.size() >= 12 && by_prefix(bare) != nullptr;
    if (m_names.find(name) || is_an_id)
        return Error { STAITHE_CONFLICT, 0, "Conflict, " + name + " already exists." };
    size_t const last = name.rfind('/');
    if (last > 0 && !m_names.find(name.substr(0, last)))
        return Error { STAITHE_INTERNAL, 0, "Cannot find child for " + name.substr(0, last) };
    return name;
}

Result<std::string> Registry::reserve_name(std::string_view wanted, std::string const& id)
{
    MutexLock lock(m_mutex);
    auto name = wanted.empty()
        ? generate_name(id, [this](std::string const& n) REQUIRES(m_mutex) { return m_names.find(n) != nullptr; })
        : STAITHE_TRY(checked(wanted));
    m_names.add(name, id);
    return name;
}

void Registry::release_name(std::string const& id)
{
    MutexLock lock(m_mutex);
    m_names.remove(id);
}

void Registry::add(ContainerPtr container)
{
    MutexLock lock(m_mutex);
    if (!m_names.is_own(container->name)) // reserved
        m_names.add(container->name, container->id);
    m_by_id.emplace(container->id, container);
    m_by_age.emplace(std::pair(container->created_ns, container->id), std::move(container));
}

void Registry::erase(Container const& container)
{
    MutexLock lock(m_mutex);
    m_names.remove(container.id);
    m_by_age.erase({ container.created_ns, container.id });
    m_by_id.erase(container.id);
}

ContainerPtr Registry::by_prefix(std::string_view prefix) const
{
    if (prefix.empty())
        return nullptr;
    auto const first = m_by_id.lower_bound(prefix);
    if (first == m_by_id.end() || !first->first.starts_with(prefix))
        return nullptr;
    auto const second = std::next(first);
    bool const ambiguous = second != m_by_id.end() && second->first.starts_with(prefix);
    return ambiguous ? nullptr : first->second;
}

ContainerPtr Registry::by_path(std::string_view name) const
{
    auto const* const id = m_names.find(name.starts_with('/') ? std::string(name) : "/" + std::string(name));
    auto const found = id ? m_by_id.find(*id) : m_by_id.end();
    return found == m_by_id.end() ? nullptr : found->second;
}

Result<ContainerPtr> Registry::find(std::string_view name) const
{
    MutexLock lock(m_mutex);
    if (auto found = by_path(name))
        return found;
    if (auto found = by_prefix(name))
        return found;
    return Error { STAITHE_NOT_FOUND, 0, "No such container: " + std::string(name) };
}

Result<ContainerPtr> Registry::named(std::string_view name) const
{
    MutexLock lock(m_mutex);
    if (auto found = by_path(name))
        return found;
    return Error { STAITHE_NOT_FOUND, 0, "Could not find entity for " + std::string(name) };
}

bool Registry::link(store::NameRecord const& row)
{
    MutexLock lock(m_mutex);
    return m_by_id.contains(row.container) && m_names.link(row.path, row.container);
}

ContainerPtr Registry::unlink(std::string_view path)
{
    MutexLock lock(m_mutex);
    auto child = by_path(path);
    return m_names.unlink(path) ? child : nullptr;
}

std::vector<Registry::Child> Registry::children_of(std::string const& id) const
{
    MutexLock lock(m_mutex);
    std::vector<Child> children;
    for (auto& child : m_names.children_of(id))
        if (auto const found = m_by_id.find(child.id); found != m_by_id.end())
            children.push_back({ std::move(child.path), found->second });
    return children;
}

std::vector<std::string> Registry::paths_to(std::string const& id) const
{
    MutexLock lock(m_mutex);
    return m_names.paths_to(id);
}

ContainerPtr Registry::by_id(std::string_view id) const
{
    MutexLock lock(m_mutex);
    auto const found = m_by_id.find(id);
    return found == m_by_id.end() ? nullptr : found->second;
}

std::vector<ContainerPtr> Registry::all() const
{
    MutexLock lock(m_mutex);
    std::vector<ContainerPtr> containers;
    containers.reserve(m_by_age.size());
    for (auto entry = m_by_age.rbegin(); entry != m_by_age.rend(); ++entry)
        containers.push_back(entry->second);
    return containers;
}

size_t Registry::size() const
{
    MutexLock lock(m_mutex);
    return m_by_id.size();
}

std::string Registry::user_of_image(std::string const& image) const
{
    for (auto const& container : all())
        if (container->read([&](store::ContainerRecord const& record) { return record.image == image; }))
            return container->name.substr(1);
    return {};
}

} // namespace staithe::containers
