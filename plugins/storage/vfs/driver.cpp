// SPDX-License-Identifier: Apache-2.0
#include "plugins/storage/vfs/driver.hpp"

#include <sys/stat.h>

#include "plugins/common/archive/extract.hpp"
#include "plugins/common/layers/detached.hpp"
#include "plugins/common/layers/pack.hpp"
#include "plugins/common/layers/reports.hpp"
#include "plugins/common/layers/tar_out.hpp"
#include "plugins/common/layers/tree_hash.hpp"
#include "trees/copy_tree.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::vfs {

using layers::Comparison;

namespace {

    constexpr char stamp_name[] = "stamp";

    bool is_after(timespec const& a, timespec const& b)
    {
        return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
    }

    timespec stamp_of(int layer)
    {
        struct stat found { };
        return ::fstatat(layer, stamp_name, &found, AT_SYMLINK_NOFOLLOW) == 0 ? found.st_mtim : timespec {};
    }

    /// A file whose mtime (a rename changes its ctime) says when the tree beside it was a plain copy.
    Result<void> make_stamp(int layer)
    {
        if (::mknodat(layer, stamp_name, S_IFREG | 0600, 0) != 0)
            return errno_error("cannot make the stamp of a layer");
        // File times move in ticks: what is made from now on must be younger than the stamp.
        auto const stamp = stamp_of(layer);
        for (timespec now {}; !is_after(now, stamp); ::clock_gettime(CLOCK_REALTIME_COARSE, &now))
            ::usleep(500);
        return {};
    }

    constexpr char next_stamp_name[] = "stamp.next";

    Result<bool> has_tree(int layer)
    {
        struct stat found { };
        if (::fstatat(layer, "tree", &found, AT_SYMLINK_NOFOLLOW) == 0)
            return true;
        return errno == ENOENT ? Result<bool>(false) : errno_error("cannot stat the tree of a layer");
    }

} // namespace

Result<void> VfsDriver::probe(staithe_open const& where)
{
    auto path = std::string(view(where.state_dir)) + "/probe.XXXXXX";
    if (!::mkdtemp(path.data()))
        return errno_error("cannot write to '" + std::string(view(where.state_dir)) + "'");
    Result<void> outcome;
    {
        UniqueFd const directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (::mknodat(directory.get(), "device", S_IFCHR | 0600, 1 << 8 | 3) != 0)
            outcome = errno_error("cannot make a device node; run as root, on a file system of this host");
        else if (auto const mount = layers::clone_mount(directory.get(), layers::Access::ReadOnly); !mount)
            outcome = Error(mount.error()).with_context("cannot mount; run as root with CAP_SYS_ADMIN");
    }
    auto const removed = trees::remove_tree(AT_FDCWD, path.c_str());
    return outcome && !removed ? Result<void>(removed.error()) : std::move(outcome);
}

Result<std::unique_ptr<VfsDriver>> VfsDriver::open(staithe_open const& where, Log log)
{
    std::unique_ptr<VfsDriver> driver(new VfsDriver);
    driver->m_store = STAITHE_TRY(layers::LayerStore::open(view(where.state_dir), log));
    return driver;
}

Result<std::string> VfsDriver::status(staithe_call const&)
{
    auto const layers = STAITHE_TRY(m_store->list());
    return layers::describe_store(m_store->fd(), layers.size());
}

Result<UniqueFd> VfsDriver::copy_parent(staithe_call const& call, int staged, std::string_view parent)
{
    auto tree = STAITHE_TRY(layers::make_tree(staged));
    if (parent.empty())
        return tree;
    auto const from = STAITHE_TRY(tree_of(call, parent));
    STAITHE_TRY(trees::copy_tree(call, from.get(), tree.get()));
    STAITHE_TRY(make_stamp(staged));
    return tree;
}

Result<void> VfsDriver::create(staithe_call const& call, staithe_layer const& layer)
{
    auto staged = STAITHE_TRY(m_store->stage_new(layer));
    if (layer.writable || !layer.parent.size) {
        STAITHE_TRY(copy_parent(call, staged.fd(), view(layer.parent)));
        if (layer.parent.size && ::syncfs(staged.fd()) != 0)
            return errno_error("cannot sync a layer");
    }
    return m_store->commit_new(std::move(staged), layer);
}

Result<UniqueFd> VfsDriver::tree_of(staithe_call const& call, std::string_view id)
{
    auto const layer = STAITHE_TRY(m_store->open_layer(id, ""));
    if (!STAITHE_TRY(has_tree(layer.get())))
        return make_trees(call, id);
    return m_store->open_layer(id, "tree");
}

/// From the lowest ancestor without a tree upwards.
Result<UniqueFd> VfsDriver::make_trees(staithe_call const& call, std::string_view id)
{
    auto const chain = STAITHE_TRY(m_store->chain(id));
    MutexLock const lock(m_making);
    for (auto next = chain.rbegin(); next != chain.rend(); ++next) {
        auto const layer = STAITHE_TRY(m_store->open_layer(*next, ""));
        if (STAITHE_TRY(has_tree(layer.get())))
            continue;
        auto staged = STAITHE_TRY(m_store->stage(*next));
        auto const tree = STAITHE_TRY(layers::make_tree(staged.fd()));
        if (next != chain.rbegin()) {
            auto const from = STAITHE_TRY(m_store->open_layer(*(next - 1), "tree"));
            STAITHE_TRY(trees::copy_tree(call, from.get(), tree.get()));
        }
        STAITHE_TRY(m_store->commit_tree(std::move(staged), *next, layers::Use::ParentsCopy));
    }
    return m_store->open_layer(id, "tree");
}

Result<void> VfsDriver::remove(staithe_call const&, std::string_view id)
{
    return m_store->remove(id);
}

Result<void> VfsDriver::list(staithe_call const&, std::function<bool(staithe_layer const&)> const& visitor)
{
    return m_store->visit(visitor);
}

Result<UniqueFd> VfsDriver::mount(staithe_call const& call, std::string_view id, bool writable)
{
    auto const tree = STAITHE_TRY(tree_of(call, id));
    if (writable) {
        auto const layer = STAITHE_TRY(m_store->open_layer(id, ""));
        STAITHE_TRY(layers::LayerStore::mark_used(layer.get()));
    }
    return layers::clone_mount(tree.get(), writable ? layers::Access::Writable : layers::Access::ReadOnly);
}

Result<uint64_t> VfsDriver::apply(staithe_call const& call, std::string_view id, Source& tar)
{
    auto const facts = STAITHE_TRY(m_store->facts(id));
    STAITHE_TRY(m_store->check_fresh(id));
    auto const layer = STAITHE_TRY(m_store->open_layer(id, ""));
    auto staged = STAITHE_TRY(m_store->stage(id));
    uint64_t bytes = 0;
    {
        auto const tree = STAITHE_TRY(copy_parent(call, staged.fd(), facts.parent));
        auto const below = facts.parent.empty() ? archive::Below::Nothing : archive::Below::Layers;
        bytes = STAITHE_TRY(archive::extract(call, tar, tree.get(), below));
    }
    STAITHE_TRY(proceed(call));
    // At no time may a tree have a stamp that is too young; to have none only costs time.
    ::unlinkat(layer.get(), stamp_name, 0);
    ::renameat(staged.fd(), stamp_name, layer.get(), next_stamp_name);
    STAITHE_TRY(m_store->commit_tree(std::move(staged), id, layers::Use::Content));
    ::renameat(layer.get(), next_stamp_name, layer.get(), stamp_name);
    return bytes;
}

Result<void> VfsDriver::with_comparison(staithe_call const& call, std::string_view id, std::string_view parent,
    std::function<Result<void>(Comparison const&)> const& f)
{
    auto const tree = STAITHE_TRY(tree_of(call, id));
    if (parent.empty())
        return f({ -1, tree.get(), false, {} });
    auto const other = STAITHE_TRY(tree_of(call, parent));
    auto const layer = STAITHE_TRY(m_store->open_layer(id, ""));
    bool const is_child = STAITHE_TRY(m_store->facts(id)).parent == parent;
    return f({ other.get(), tree.get(), false, is_child ? stamp_of(layer.get()) : timespec {} });
}

Result<void> VfsDriver::diff(staithe_call const& call, std::string_view id, std::string_view parent, Sink& tar)
{
    bool const live = STAITHE_TRY(m_store->facts(id)).writable; // its container may be running
    return with_comparison(call, id, parent, [&](Comparison c) {
        c.live = live;
        return layers::write_tar(call, c, tar);
    });
}

Result<void> VfsDriver::changes(staithe_call const& call, std::string_view id, std::string_view parent,
    std::function<bool(staithe_change const&)> const& visitor)
{
    return with_comparison(call, id, parent, [&](Comparison c) {
        c.live = true;
        return layers::report_changes(call, c, visitor);
    });
}

Result<uint64_t> VfsDriver::usage(staithe_call const& call, std::string_view id)
{
    uint64_t sum = 0;
    auto const facts = STAITHE_TRY(m_store->facts(id));
    auto const summed = with_comparison(call, id, facts.parent, [&](Comparison const& c) -> Result<void> {
        sum = STAITHE_TRY(layers::sum_of_sizes(call, c));
        return {};
    });
    return summed ? Result<uint64_t>(sum) : summed.error();
}

Result<void> VfsDriver::pack(
    staithe_call const& call, int root, std::string_view path, std::string_view prefix, Sink& tar)
{
    return layers::pack(call, root, path, prefix, tar);
}

Result<std::string> VfsDriver::tree_hash(staithe_call const& call, std::string_view id)
{
    auto const tree = STAITHE_TRY(tree_of(call, id));
    return layers::tree_hash(call, tree.get());
}

} // namespace staithe::vfs
