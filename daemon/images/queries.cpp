// What can be asked about images.
#include <algorithm>
#include <set>
#include <utility>

#include "daemon/images/build_cache.hpp"
#include "daemon/images/library.hpp"
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

    std::string command_line(api::ContainerConfig const& config)
    {
        std::string line;
        for (auto const& word : config.command.value_or(std::vector<std::string>()))
            line.append(line.empty() ? "" : " ").append(word);
        return line;
    }

} // namespace

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
    auto const image = STAITHE_TRY(find(name));
    api::ImageDetails details;
    details.id = image->id, details.parent = image->parent, details.comment = image->comment;
    details.container = image->container, details.docker_version = image->daemon_version;
    details.author = image->author, details.architecture = image->architecture;
    details.created_ns = image->created_ns, details.size = image->size;
    details.container_config = image->container_config, details.config = image->config;
    details.storage_driver = image->storage_driver;
    return details;
}

Result<std::vector<api::ImageStep>> Library::history(std::string_view name)
{
    MutexLock lock(m_mutex);
    auto const image = m_index.find(name);
    if (!image)
        return no_such_image(name);
    auto const tags = m_index.names_by_image();
    std::vector<api::ImageStep> steps;
    for (auto const& ancestor : m_index.line_of(image)) {
        auto const names = tags.find(ancestor->id);
        steps.push_back({ ancestor->id, ancestor->created_ns, command_line(ancestor->container_config),
            names == tags.end() ? std::vector<std::string>() : names->second, ancestor->size });
    }
    return steps;
}

Result<std::vector<api::ImageNode>> Library::graph()
{
    std::vector<api::ImageNode> nodes;
    {
        MutexLock lock(m_mutex);
        auto tags = m_index.names_by_image();
        for (auto const& [id, image] : m_index.by_id)
            nodes.push_back({ id, image->parent, std::move(tags[id]), image->created_ns, image->size });
    }
    std::stable_sort(
        nodes.begin(), nodes.end(), [](auto const& a, auto const& b) { return a.created_ns > b.created_ns; });
    return nodes;
}

Result<std::string> Library::cached_child(std::string_view parent, api::ContainerConfig const& config)
{
    MutexLock lock(m_mutex);
    auto const image = m_index.find(parent);
    if (!image)
        return no_such_image(parent);
    Image youngest;
    for (auto const& child : m_index.children_of(image->id))
        if (same_step(child->container_config, config) && (!youngest || child->created_ns > youngest->created_ns))
            youngest = child;
    return youngest ? youngest->id : std::string();
}

} // namespace staithe::images
