#include "daemon/images/library.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/images/build_cache.hpp"
#include "daemon/images/reference.hpp"

namespace staithe::images {

namespace {

    api::ImageSummary summary(Index const& index, store::ImageRecord const& image)
    {
        api::ImageSummary record;
        record.id = image.id;
        record.created_ns = image.created_ns;
        record.size = image.size;
        record.virtual_size = index.virtual_size(image);
        return record;
    }

    std::vector<api::ImageSummary> tagged(Index const& index, std::string const& glob)
    {
        std::vector<api::ImageSummary> records;
        for (auto const& [repository, tags] : index.tags) {
            if (!glob.empty() && !glob_matches(glob, repository))
                continue;
            for (auto const& [tag, id] : tags) {
                auto const image = index.by_id.find(id);
                if (image == index.by_id.end())
                    continue;
                auto& record = records.emplace_back(summary(index, *image->second));
                record.repository = repository, record.tag = tag;
            }
        }
        return records;
    }

    void add_untagged(Index const& index, bool all, std::vector<api::ImageSummary>& records)
    {
        std::set<std::string> known, parents;
        for (auto const& record : records)
            known.insert(record.id);
        for (auto const& [id, image] : index.by_id)
            parents.insert(image->parent);
        for (auto const& [id, image] : index.by_id)
            if (!known.contains(id) && (all || !parents.contains(id)))
                records.push_back(summary(index, *image));
    }

} // namespace

Library::Library(Needs needs, std::vector<store::ImageRecord> images, std::vector<store::TagRecord> const& tags)
    : m_needs(std::move(needs))
{
    MutexLock lock(m_mutex);
    for (auto& image : images) {
        auto record = std::make_shared<store::ImageRecord const>(std::move(image));
        m_index.by_id.emplace(record->id, record);
    }
    for (auto const& tag : tags)
        m_index.tags[tag.repository][tag.tag] = tag.image;
}

Result<std::vector<api::ImageSummary>> Library::list(api::ImageFilter const& filter)
{
    std::vector<api::ImageSummary> records;
    {
        MutexLock lock(m_mutex);
        records = tagged(m_index, filter.name);
        if (filter.name.empty())
            add_untagged(m_index, filter.all, records);
    }
    std::stable_sort(records.begin(), records.end(), [](auto const& a, auto const& b) {
        return a.created_ns != b.created_ns ? a.created_ns > b.created_ns : a.tag < b.tag;
    });
    return records;
}

Result<api::ImageDetails> Library::inspect(std::string_view name)
{
    Image image;
    {
        MutexLock lock(m_mutex);
        image = m_index.find(name);
    }
    if (!image)
        return Error { STAITHE_NOT_FOUND, 0, "No such image: " + std::string(name) };
    api::ImageDetails details;
    details.id = image->id, details.parent = image->parent, details.comment = image->comment;
    details.container = image->container, details.docker_version = image->daemon_version;
    details.author = image->author, details.architecture = image->architecture;
    details.created_ns = image->created_ns, details.size = image->size;
    details.container_config = image->container_config, details.config = image->config;
    details.storage_driver = image->storage_driver;
    return details;
}

Result<std::string> Library::cached_child(std::string_view parent, api::ContainerConfig const& config)
{
    MutexLock lock(m_mutex);
    auto const image = m_index.find(parent);
    if (!image)
        return Error { STAITHE_NOT_FOUND, 0, "No such image: " + std::string(parent) };
    Image youngest;
    for (auto const& child : m_index.children_of(image->id))
        if (same_step(child->container_config, config) && (!youngest || child->created_ns > youngest->created_ns))
            youngest = child;
    return youngest ? youngest->id : std::string();
}

Result<std::vector<api::DeletedImage>> Library::remove(std::string_view request_id, std::string_view name)
{
    Deletion deletion;
    {
        MutexLock lock(m_mutex);
        deletion = STAITHE_TRY(plan_deletion(m_index, name, [this](std::string const& id) REQUIRES(m_mutex) {
            if (m_pins.contains(id))
                return std::string("being created");
            return m_user_of ? m_user_of(id) : std::string();
        }));
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
    for (auto const& image : deletion.images)
        m_needs.layers.discard({ std::string(request_id) }, image->storage_driver, image->layer);
    return std::move(deletion.steps);
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

void Library::set_users(UserOf user_of)
{
    MutexLock lock(m_mutex);
    m_user_of = std::move(user_of);
}

Library::Pinned Library::pin(std::string_view name)
{
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

} // namespace staithe::images
