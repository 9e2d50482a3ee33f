// An image in the making: its layer first, the bytes in it, and last the rows, in one step. What fails, or is cut short
// by a kill, leaves at most a layer that no row names; it is removed at once or swept by a later daemon.
#include <utility>

#include "daemon/images/library.hpp"
#include "daemon/images/pipe.hpp"
#include "daemon/images/reference.hpp"
#include "daemon/os/random.hpp"

namespace staithe::images {

Library::Draft Library::draft(Image const& parent) const
{
    Draft made;
    auto& [image, layer, tag] = made;
    image.id = image.layer = layer.id = os::random_hex(32);
    image.storage_driver = layer.driver = parent ? parent->storage_driver : m_needs.layers.default_driver();
    image.architecture = "x86_64";
    image.daemon_version = m_needs.daemon_version;
    if (parent) {
        image.parent = parent->id;
        layer.parent = parent->layer;
    }
    return made;
}

Result<uint64_t> Library::unpack(drivers::Call const& call, Draft const& made, Source& archive)
{
    auto const& layer = made.layer;
    STAITHE_TRY(m_needs.layers.create({ call.request_id }, layer, drivers::Writable::No));
    auto const driver = m_needs.layers.driver(layer.driver);
    auto applied = driver ? driver.value()->apply(call, layer.id, archive) : Result<uint64_t>(driver.error());
    if (!applied)
        m_needs.layers.discard({ call.request_id }, layer.driver, layer.id);
    return applied;
}

Result<std::string> Library::enter(drivers::Call const& call, Draft made, uint64_t size)
{
    made.image.created_ns = os::real_time_ns();
    made.image.size = made.layer.size = static_cast<int64_t>(size);
    made.tag.image = made.image.id;
    m_digests.add(made.layer); // first: who deletes it at once must find it there
    if (auto written = write_rows(made); !written) {
        m_digests.forget(made.layer.id);
        m_needs.layers.discard({ call.request_id }, made.layer.driver, made.layer.id);
        return std::move(written.error());
    }
    return std::move(made.image.id);
}

Result<void> Library::write_rows(Draft const& made)
{
    auto const& [image, layer, tag] = made;
    bool const tagged = !tag.repository.empty();
    MutexLock lock(m_mutex);
    STAITHE_TRY(m_needs.store.add_image(image, layer, tagged ? &tag : nullptr));
    m_index.by_id.emplace(image.id, std::make_shared<store::ImageRecord const>(image));
    if (tagged)
        m_index.tags[tag.repository][tag.tag] = tag.image;
    return {};
}

Result<std::string> Library::commit(
    std::string_view request_id, api::CommitRequest const& request, Changes const& changes)
{
    auto const base = STAITHE_TRY(pinned(changes.image));
    auto made = draft(base.image);
    if (!request.repository.empty())
        made.tag = STAITHE_TRY(wanted_tag(request.repository, request.tag));
    made.image.container = changes.layer;
    made.image.author = request.author;
    made.image.comment = request.comment;
    made.image.container_config = changes.config;
    made.image.config = request.config.value_or(api::ContainerConfig());
    auto const driver = STAITHE_TRY(m_needs.layers.driver(made.layer.driver));
    auto const call = drivers::stream_call(request_id);
    auto const size = STAITHE_TRY(piped(
        [&](drivers::CancelFlag const& cancel, Sink& into) {
            return driver->diff(drivers::stream_call(request_id, cancel), changes.layer, base.image->layer, into);
        },
        [&](Source& from) { return unpack(call, made, from); }));
    return enter(call, std::move(made), size);
}

} // namespace staithe::images
