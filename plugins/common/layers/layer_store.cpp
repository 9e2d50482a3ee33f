// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/layer_store.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>

#include "plugins/common/archive/names.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::layers {

namespace {

    constexpr std::string_view parent_prefix = "parent-";
    constexpr char used_name[] = "used";

    Result<UniqueFd> make_directory(int parent, char const* name)
    {
        if (::mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
            return errno_error(std::string("cannot make directory '") + name + "'");
        return trees::open_directory(parent, name);
    }

    Result<void> make_marker(int directory, std::string const& name)
    {
        if (::mknodat(directory, name.c_str(), S_IFREG | 0600, 0) != 0)
            return errno_error("cannot make '" + name + "'");
        return {};
    }

    Result<void> sync(int fd)
    {
        return ::fsync(fd) == 0 ? Result<void> {} : errno_error("cannot sync a directory");
    }

    Error unknown_layer(std::string_view id)
    {
        return { STAITHE_NOT_FOUND, 0, "no such layer: '" + std::string(id) + "'" };
    }

} // namespace

Result<void> check_id(std::string_view id)
{
    constexpr size_t digits = 64, longest = 128;
    auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    auto const suffix = id.substr(std::min(digits, id.size()));
    bool const good = id.size() >= digits && id.size() <= longest
        && std::all_of(id.begin(), id.begin() + digits, is_digit)
        && (suffix.empty()
            || (suffix.size() > 1 && suffix[0] == '-' && std::all_of(suffix.begin() + 1, suffix.end(), is_letter)));
    if (!good)
        return Error { STAITHE_INVALID, 0, "not a layer id: " + trees::quoted(id) };
    return {};
}

StagedLayer::StagedLayer(LayerStore& store, std::string name, UniqueFd fd)
    : m_store(&store)
    , m_name(std::move(name))
    , m_fd(std::move(fd))
{
}

StagedLayer::StagedLayer(StagedLayer&& other) noexcept
    : m_store(std::exchange(other.m_store, nullptr))
    , m_name(std::move(other.m_name))
    , m_fd(std::move(other.m_fd))
{
}

StagedLayer::~StagedLayer()
{
    m_fd.reset();
    if (m_store)
        m_store->discard(m_name);
}

Result<std::unique_ptr<LayerStore>> LayerStore::open(std::string_view state_directory, Log log)
{
    std::unique_ptr<LayerStore> store(new LayerStore);
    STAITHE_TRY(store->open_directories(state_directory));
    STAITHE_TRY(store->load());
    store->m_reaper = std::make_unique<Reaper>(store->m_trash.get(), log);
    for (auto const& name : STAITHE_TRY(trees::names_in(store->m_staging.get())))
        store->discard(name);
    return store;
}

LayerStore::~LayerStore() = default;

Result<void> LayerStore::open_directories(std::string_view state_directory)
{
    std::string const path(state_directory);
    m_root.reset(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!m_root)
        return errno_error("cannot open state directory '" + path + "'");
    m_layers = STAITHE_TRY(make_directory(m_root.get(), "layers"));
    m_staging = STAITHE_TRY(make_directory(m_root.get(), "staging"));
    m_trash = STAITHE_TRY(make_directory(m_root.get(), "trash"));
    return sync(m_root.get());
}

Result<LayerFacts> LayerStore::read_facts(std::string const& id) const
{
    auto const directory = STAITHE_TRY(trees::open_directory(m_layers.get(), id.c_str()));
    LayerFacts facts;
    for (auto const& name : STAITHE_TRY(trees::names_in(directory.get()))) {
        if (name.starts_with(parent_prefix))
            facts.parent = name.substr(parent_prefix.size());
        facts.writable |= name == "writable";
    }
    return facts;
}

Result<void> LayerStore::load()
{
    MutexLock const lock(m_mutex);
    for (auto& id : STAITHE_TRY(trees::names_in(m_layers.get())))
        if (check_id(id))
            m_facts.emplace(id, STAITHE_TRY(read_facts(id)));
    return {};
}

Result<LayerFacts> LayerStore::facts(std::string_view id) const
{
    STAITHE_TRY(check_id(id));
    MutexLock const lock(m_mutex);
    auto const found = m_facts.find(id);
    return found == m_facts.end() ? Result<LayerFacts>(unknown_layer(id)) : found->second;
}

Result<std::vector<std::string>> LayerStore::chain(std::string_view id) const
{
    STAITHE_TRY(check_id(id));
    MutexLock const lock(m_mutex);
    std::vector<std::string> ids;
    for (std::string next(id); !next.empty();) {
        auto const found = m_facts.find(next);
        if (found == m_facts.end())
            return unknown_layer(next);
        if (ids.size() > m_facts.size())
            return Error { STAITHE_CORRUPT, 0, "layer '" + std::string(id) + "' is its own ancestor" };
        ids.push_back(std::move(next));
        next = found->second.parent;
    }
    return ids;
}

Result<UniqueFd> LayerStore::open_layer(std::string_view id, char const* part) const
{
    STAITHE_TRY(check_id(id));
    auto path = std::string(id);
    if (*part)
        path.append("/").append(part);
    UniqueFd fd(::openat(m_layers.get(), path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd)
        return errno == ENOENT ? unknown_layer(id) : errno_error("cannot open layer '" + std::string(id) + "'");
    return fd;
}

Result<std::vector<std::pair<std::string, LayerFacts>>> LayerStore::list() const
{
    std::vector<std::pair<std::string, LayerFacts>> found;
    for (auto& id : STAITHE_TRY(trees::names_in(m_layers.get()))) {
        if (!check_id(id))
            continue;
        auto facts = read_facts(id);
        if (facts) // else it was removed this moment
            found.emplace_back(std::move(id), std::move(facts).value());
    }
    return found;
}

Result<void> LayerStore::visit(std::function<bool(staithe_layer const&)> const& visitor) const
{
    for (auto const& [id, facts] : STAITHE_TRY(list())) {
        staithe_layer layer {};
        layer.struct_size = sizeof layer;
        layer.id = text(id);
        layer.parent = text(facts.parent);
        layer.writable = facts.writable;
        if (!visitor(layer))
            break;
    }
    return {};
}

Result<StagedLayer> LayerStore::stage(std::string_view id)
{
    auto const name = std::string(id) + '.' + std::to_string(++m_counter);
    if (::mkdirat(m_staging.get(), name.c_str(), 0700) != 0)
        return errno_error("cannot make a directory for layer '" + std::string(id) + "'");
    return StagedLayer(*this, name, STAITHE_TRY(trees::open_directory(m_staging.get(), name.c_str())));
}

Result<StagedLayer> LayerStore::stage_new(staithe_layer const& layer)
{
    auto const id = view(layer.id), parent = view(layer.parent);
    STAITHE_TRY(check_id(id));
    if (facts(id))
        return Error { STAITHE_EXISTS, 0, "layer '" + std::string(id) + "' exists already" };
    if (!parent.empty())
        STAITHE_TRY_CONTEXT(facts(parent), "cannot make layer '" + std::string(id) + "'");
    auto staged = STAITHE_TRY(stage(id));
    if (!parent.empty())
        STAITHE_TRY(make_marker(staged.fd(), std::string(parent_prefix).append(parent)));
    if (layer.writable)
        STAITHE_TRY(make_marker(staged.fd(), "writable"));
    return staged;
}

Result<void> LayerStore::commit_new(StagedLayer staged, staithe_layer const& layer, Durable durable)
{
    std::string const id(view(layer.id));
    if (::renameat2(m_staging.get(), staged.m_name.c_str(), m_layers.get(), id.c_str(), RENAME_NOREPLACE) != 0)
        return errno_error("cannot make layer '" + id + "'");
    staged.m_store = nullptr;
    // The first commits the journal with everything before it; on ext4 and xfs the second then has nothing to do.
    auto synced = durable == Durable::Yes ? sync(staged.fd()) : Result<void>();
    if (synced && durable == Durable::Yes)
        synced = sync(m_layers.get());
    if (!synced) {
        (void)::renameat2(m_layers.get(), id.c_str(), m_trash.get(), staged.m_name.c_str(), RENAME_NOREPLACE);
        m_reaper->wake();
        return synced;
    }
    MutexLock const lock(m_mutex);
    m_facts.insert_or_assign(id, LayerFacts { std::string(view(layer.parent)), layer.writable });
    return {};
}

Result<void> LayerStore::commit_tree(StagedLayer staged, std::string_view id, Use use)
{
    auto const layer = STAITHE_TRY(open_layer(id, ""));
    // One sync of the whole file system is far cheaper than one of each file.
    if (::syncfs(staged.fd()) != 0)
        return errno_error("cannot sync layer '" + std::string(id) + "'");
    bool const done = ::renameat2(staged.fd(), "tree", layer.get(), "tree", RENAME_EXCHANGE) == 0
        || (errno == ENOENT && ::renameat2(staged.fd(), "tree", layer.get(), "tree", RENAME_NOREPLACE) == 0);
    if (!done)
        return errno_error("cannot put the tree of layer '" + std::string(id) + "' in place");
    if (use == Use::Content)
        STAITHE_TRY(mark_used(layer.get()));
    return sync(layer.get());
}

Result<void> LayerStore::check_fresh(std::string_view id) const
{
    auto const layer = STAITHE_TRY(open_layer(id, ""));
    if (::faccessat(layer.get(), used_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return Error { STAITHE_CONFLICT, 0,
            "cannot unpack into layer '" + std::string(id) + "': it has been written to already" };
    return errno == ENOENT ? Result<void> {} : errno_error("cannot look into layer '" + std::string(id) + "'");
}

Result<void> LayerStore::mark_used(int layer)
{
    if (::mknodat(layer, used_name, S_IFREG | 0600, 0) != 0 && errno != EEXIST)
        return errno_error("cannot mark a layer as used");
    return {};
}

void LayerStore::discard(std::string const& staged)
{
    auto const name = "staged." + staged + '.' + std::to_string(++m_counter);
    (void)::renameat(m_staging.get(), staged.c_str(), m_trash.get(), name.c_str());
    m_reaper->wake();
}

Result<void> LayerStore::remove(std::string_view id)
{
    STAITHE_TRY(check_id(id));
    std::string const from(id);
    {
        MutexLock const lock(m_mutex);
        for (auto const& [child, facts] : m_facts)
            if (facts.parent == id)
                return Error { STAITHE_CONFLICT, 0,
                    "cannot remove layer '" + from + "': '" + child + "' is on top of it" };
    }
    for (;;) {
        auto const to = from + '.' + std::to_string(++m_counter);
        if (::renameat2(m_layers.get(), from.c_str(), m_trash.get(), to.c_str(), RENAME_NOREPLACE) == 0)
            break;
        if (errno == ENOENT)
            return {};
        if (errno != EEXIST) // rubbish of an earlier life has the name
            return errno_error("cannot remove layer '" + from + "'");
    }
    {
        MutexLock const lock(m_mutex);
        m_facts.erase(from);
    }
    m_reaper->wake();
    return {}; // not synced: the daemon knows its layers, and removes again what a power cut brings back
}

Result<UniqueFd> make_tree(int layer)
{
    if (::mkdirat(layer, "tree", 0755) != 0)
        return errno_error("cannot make the tree of a layer");
    auto tree = STAITHE_TRY(trees::open_directory(layer, "tree"));
    timespec const times[2] = { { 0, 0 }, { 0, 0 } };
    if (::fchown(tree.get(), 0, 0) != 0 || ::fchmod(tree.get(), 0755) != 0 || ::futimens(tree.get(), times) != 0)
        return errno_error("cannot make the tree of a layer");
    return tree;
}

} // namespace staithe::layers
