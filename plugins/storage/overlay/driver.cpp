// SPDX-License-Identifier: Apache-2.0
#include "plugins/storage/overlay/driver.hpp"

#include <sys/stat.h>

#include "plugins/common/archive/extract.hpp"
#include "plugins/common/layers/pack.hpp"
#include "plugins/common/layers/reports.hpp"
#include "plugins/common/layers/tar_out.hpp"
#include "plugins/common/layers/tree_hash.hpp"
#include "trees/copy_tree.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::overlay {

using layers::Comparison;

namespace {

    std::vector<int> numbers(std::vector<UniqueFd> const& fds)
    {
        std::vector<int> out;
        for (auto const& fd : fds)
            out.push_back(fd.get());
        return out;
    }

    Result<UniqueFd> make_work(int layer)
    {
        if (::mkdirat(layer, "work", 0700) != 0)
            return errno_error("cannot make the work directory of a layer");
        return trees::open_directory(layer, "work");
    }

    std::vector<std::string> parents_of(std::vector<std::string> chain)
    {
        chain.erase(chain.begin());
        return chain;
    }

} // namespace

Result<std::unique_ptr<OverlayDriver>> OverlayDriver::open(staithe_open const& where, Log log)
{
    std::unique_ptr<OverlayDriver> driver(new OverlayDriver);
    auto const mount_point = std::string(view(where.run_dir)) + "/mount";
    if (::mkdir(mount_point.c_str(), 0700) != 0 && errno != EEXIST)
        return errno_error("cannot make directory '" + mount_point + "'");
    driver->m_mounter = STAITHE_TRY(Mounter::create(mount_point));
    driver->m_store = STAITHE_TRY(layers::LayerStore::open(view(where.state_dir), log));
    return driver;
}

Result<std::string> OverlayDriver::status(staithe_call const&)
{
    auto const layers = STAITHE_TRY(m_store->list());
    return layers::describe_store(m_store->fd(), layers.size());
}

Result<std::vector<UniqueFd>> OverlayDriver::open_trees(std::vector<std::string> const& ids) const
{
    std::vector<UniqueFd> trees;
    trees.reserve(ids.size());
    for (auto const& id : ids)
        trees.push_back(STAITHE_TRY(m_store->open_layer(id, "tree")));
    return trees;
}

Result<void> OverlayDriver::create(staithe_call const&, staithe_layer const& layer)
{
    auto staged = STAITHE_TRY(m_store->stage_new(layer));
    auto const tree = STAITHE_TRY(layers::make_tree(staged.fd()));
    STAITHE_TRY(make_work(staged.fd()));
    if (layer.parent.size) {
        // The root of a mount looks like the root of its topmost layer.
        auto const parent = STAITHE_TRY(m_store->open_layer(view(layer.parent), "tree"));
        STAITHE_TRY(trees::copy_directory_attributes(parent.get(), tree.get()));
    }
    auto const durable = layer.writable ? layers::Durable::No : layers::Durable::Yes;
    return m_store->commit_new(std::move(staged), layer, durable);
}

Result<void> OverlayDriver::remove(staithe_call const&, std::string_view id)
{
    return m_store->remove(id);
}

Result<void> OverlayDriver::list(staithe_call const&, std::function<bool(staithe_layer const&)> const& visitor)
{
    return m_store->visit(visitor);
}

Result<UniqueFd> OverlayDriver::mount_read_only(std::string_view id)
{
    auto const chain = STAITHE_TRY(m_store->chain(id));
    auto const trees = STAITHE_TRY(open_trees(chain));
    return m_mounter->mount({ numbers(trees), -1, -1 });
}

Result<UniqueFd> OverlayDriver::view_of(std::string_view id)
{
    auto const mount = STAITHE_TRY(mount_read_only(id));
    return layers::root_of(mount);
}

Result<UniqueFd> OverlayDriver::mount(staithe_call const&, std::string_view id, bool writable)
{
    auto const what = "cannot mount layer '" + std::string(id) + "'";
    if (!writable)
        return STAITHE_TRY_CONTEXT(mount_read_only(id), what);
    auto const chain = STAITHE_TRY(m_store->chain(id));
    auto const layer = STAITHE_TRY(m_store->open_layer(id, ""));
    STAITHE_TRY(layers::LayerStore::mark_used(layer.get()));
    auto const tree = STAITHE_TRY(m_store->open_layer(id, "tree"));
    if (chain.size() == 1) // nothing below: the directory is all there is
        return STAITHE_TRY_CONTEXT(layers::clone_mount(tree.get(), layers::Access::Writable), what);
    auto const lower = STAITHE_TRY(open_trees(parents_of(chain)));
    auto const work = STAITHE_TRY(m_store->open_layer(id, "work"));
    return STAITHE_TRY_CONTEXT(m_mounter->mount({ numbers(lower), tree.get(), work.get() }), what);
}

Result<uint64_t> OverlayDriver::apply(staithe_call const& call, std::string_view id, Source& tar)
{
    auto const chain = STAITHE_TRY(m_store->chain(id));
    STAITHE_TRY(m_store->check_fresh(id));
    auto const current = STAITHE_TRY(m_store->open_layer(id, "tree"));
    auto staged = STAITHE_TRY(m_store->stage(id));
    auto const tree = STAITHE_TRY(layers::make_tree(staged.fd()));
    STAITHE_TRY(trees::copy_directory_attributes(current.get(), tree.get()));
    uint64_t bytes = 0;
    if (chain.size() == 1) {
        bytes = STAITHE_TRY(archive::extract(call, tar, tree.get(), archive::Below::Nothing));
    } else {
        auto const work = STAITHE_TRY(make_work(staged.fd()));
        auto const lower = STAITHE_TRY(open_trees(parents_of(chain)));
        auto const mount = STAITHE_TRY(m_mounter->mount({ numbers(lower), tree.get(), work.get() }));
        auto const root = STAITHE_TRY(layers::root_of(mount));
        bytes = STAITHE_TRY(archive::extract(call, tar, root.get(), archive::Below::Layers));
    }
    STAITHE_TRY(proceed(call));
    STAITHE_TRY(m_store->commit_tree(std::move(staged), id, layers::Use::Content));
    return bytes;
}

Result<void> OverlayDriver::with_comparison(
    std::string_view id, std::string_view parent, std::function<Result<void>(Comparison const&)> const& f)
{
    if (!parent.empty() && STAITHE_TRY(m_store->facts(id)).parent == parent) {
        // Everything that can differ is in the layer's own directory.
        auto const tree = STAITHE_TRY(m_store->open_layer(id, "tree"));
        auto const below = STAITHE_TRY(view_of(parent));
        return f({ below.get(), tree.get(), true, {} });
    }
    auto const whole = STAITHE_TRY(view_of(id));
    if (parent.empty())
        return f({ -1, whole.get(), false, {} });
    auto const other = STAITHE_TRY(view_of(parent));
    return f({ other.get(), whole.get(), false, {} });
}

Result<void> OverlayDriver::diff(staithe_call const& call, std::string_view id, std::string_view parent, Sink& tar)
{
    bool const live = STAITHE_TRY(m_store->facts(id)).writable; // its container may be running
    return with_comparison(id, parent, [&](Comparison c) {
        c.live = live;
        return layers::write_tar(call, c, tar);
    });
}

Result<void> OverlayDriver::changes(staithe_call const& call, std::string_view id, std::string_view parent,
    std::function<bool(staithe_change const&)> const& visitor)
{
    return with_comparison(id, parent, [&](Comparison c) {
        c.live = true;
        return layers::report_changes(call, c, visitor);
    });
}

Result<uint64_t> OverlayDriver::usage(staithe_call const& call, std::string_view id)
{
    auto const tree = STAITHE_TRY(m_store->open_layer(id, "tree"));
    return layers::sum_of_sizes(call, { -1, tree.get(), true, {} });
}

Result<void> OverlayDriver::pack(
    staithe_call const& call, int root, std::string_view path, std::string_view prefix, Sink& tar)
{
    return layers::pack(call, root, path, prefix, tar);
}

Result<std::string> OverlayDriver::tree_hash(staithe_call const& call, std::string_view id)
{
    auto const root = STAITHE_TRY(view_of(id));
    return layers::tree_hash(call, root.get());
}

} // namespace staithe::overlay
