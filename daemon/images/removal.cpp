// Images and their tags go in the order that a kill leaves nothing half there: rows in one step, then bytes. Bytes that
// are left without a row are swept by a later daemon.
#include <utility>

#include "daemon/images/library.hpp"

namespace staithe::images {

void Library::set_users(UserOf user_of)
{
    MutexLock lock(m_mutex);
    m_user_of = std::move(user_of);
}

std::string Library::user_of(std::string const& id)
{
    if (m_pins.contains(id))
        return "it is being used";
    auto const container = m_user_of ? m_user_of(id) : std::string();
    return container.empty() ? container : "container '" + container + "' uses it";
}

Result<std::vector<api::DeletedImage>> Library::remove(std::string_view request_id, std::string_view name)
{
    auto deletion = STAITHE_TRY(take_away(
        request_id, name, [&](Index const& index, UserOf const& users) { return plan_deletion(index, name, users); }));
    return std::move(deletion.steps);
}

Result<void> Library::remove_one(std::string_view request_id, std::string_view name)
{
    STAITHE_TRY(take_away(request_id, name,
        [&](Index const& index, UserOf const& users) { return plan_single_deletion(index, name, users); }));
    return {};
}

Result<Deletion> Library::take_away(std::string_view request_id, std::string_view name,
    std::function<Result<Deletion>(Index const&, UserOf const&)> const& plan)
{
    Deletion deletion;
    {
        MutexLock lock(m_mutex);
        deletion = STAITHE_TRY(plan(m_index, [this](std::string const& id) REQUIRES(m_mutex) { return user_of(id); }));
        std::vector<store::ImageRecord> images;
        for (auto const& image : deletion.images)
            images.push_back(*image);
        STAITHE_TRY_CONTEXT(
            m_needs.store.remove_images(deletion.tags, images), "Cannot delete image " + std::string(name));
        erase(deletion);
    }
    if (m_needs.on_event)
        for (auto const& step : deletion.steps)
            m_needs.on_event(step.untagged ? "untag" : "delete", step.id);
    for (auto const& image : deletion.images) {
        m_digests.forget(image->layer);
        m_needs.layers.discard({ std::string(request_id) }, image->storage_driver, image->layer);
    }
    return deletion;
}

void Library::erase(Deletion const& deletion)
{
    for (auto const& tag : deletion.tags) {
        auto const repository = m_index.tags.find(tag.repository);
        repository->second.erase(tag.tag);
        if (repository->second.empty())
            m_index.tags.erase(repository);
    }
    for (auto const& image : deletion.images)
        m_index.by_id.erase(image->id);
}

} // namespace staithe::images
