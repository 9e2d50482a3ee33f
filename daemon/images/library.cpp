#include "daemon/images/library.hpp"

#include <algorithm>
#include <utility>

#include "daemon/images/reference.hpp"

namespace staithe::images {

namespace {

    /// What images are made of, of all the layers there are.
    std::vector<store::LayerRecord> layers_of(
        std::vector<store::ImageRecord> const& images, std::vector<store::LayerRecord> const& layers)
    {
        std::map<std::string_view, store::LayerRecord const*> by_id;
        for (auto const& layer : layers)
            by_id.emplace(layer.id, &layer);
        std::vector<store::LayerRecord> used;
        for (auto const& image : images)
            for (auto layer = by_id.find(image.layer); layer != by_id.end();) {
                auto const* const record = layer->second;
                used.push_back(*record);
                by_id.erase(layer); // once is enough, of its parents too
                layer = by_id.find(record->parent);
            }
        return used;
    }

} // namespace

Error no_such_image(std::string_view name)
{
    return { STAITHE_NOT_FOUND, 0, "No such image: " + std::string(name) };
}

Library::Library(Needs needs, Known known)
    : m_needs(std::move(needs))
    , m_digests(m_needs.layers, m_needs.store, m_needs.log, m_needs.digest_delay)
{
    for (auto& layer : layers_of(known.images, known.layers))
        m_digests.know(std::move(layer));
    MutexLock lock(m_mutex);
    for (auto& image : known.images) {
        auto record = std::make_shared<store::ImageRecord const>(std::move(image));
        m_index.by_id.emplace(record->id, record);
    }
    for (auto const& tag : known.tags)
        m_index.tags[tag.repository][tag.tag] = tag.image;
}

Result<void> Library::tag(std::string_view name, std::string const& repository, std::string const& tag)
{
    MutexLock lock(m_mutex);
    auto const image = m_index.find(name);
    if (!image)
        return no_such_image(name);
    auto wanted = STAITHE_TRY(wanted_tag(repository, tag));
    wanted.image = image->id;
    STAITHE_TRY_CONTEXT(m_needs.store.set_tag(wanted), "cannot tag image '" + std::string(name) + "'");
    m_index.tags[wanted.repository][wanted.tag] = std::move(wanted.image);
    return {};
}

Result<Image> Library::find(std::string_view name)
{
    MutexLock lock(m_mutex);
    auto image = m_index.find(name);
    return image ? Result<Image>(std::move(image)) : no_such_image(name);
}

Library::Pinned Library::pin(std::string_view name)
{
    m_digests.catch_up();
    MutexLock lock(m_mutex);
    auto const image = m_index.find(name);
    if (!image)
        return {};
    ++m_pins[image->id];
    std::shared_ptr<void> pin(nullptr, [this, id = image->id](void*) {
        MutexLock inner(m_mutex);
        auto const found = m_pins.find(id);
        if (--found->second == 0)
            m_pins.erase(found);
    });
    return { image, std::move(pin) };
}

Result<Library::Pinned> Library::pinned(std::string_view name)
{
    auto pinned = pin(name);
    return pinned.image ? Result<Pinned>(std::move(pinned)) : no_such_image(name);
}

std::string Library::display_name(std::string const& id)
{
    MutexLock lock(m_mutex);
    return m_index.display_name(id);
}

int64_t Library::size(std::string const& id)
{
    MutexLock lock(m_mutex);
    auto const image = m_index.by_id.find(id);
    return image == m_index.by_id.end() ? 0 : m_index.virtual_size(*image->second);
}

size_t Library::count()
{
    MutexLock lock(m_mutex);
    return m_index.by_id.size();
}

std::vector<std::string> Library::ids()
{
    std::vector<std::string> all;
    MutexLock lock(m_mutex);
    for (auto const& [id, image] : m_index.by_id)
        all.push_back(id);
    return all;
}

std::vector<std::string> Library::tag_names(std::string const& id)
{
    std::vector<std::string> names;
    MutexLock lock(m_mutex);
    for (auto const& tag : m_index.tags_of(id))
        names.push_back(tag.repository + ":" + tag.tag);
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace staithe::images
