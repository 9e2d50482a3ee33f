#include "daemon/images/index.hpp"

#include <algorithm>
#include <utility>

#include "daemon/images/reference.hpp"

namespace staithe::images {

namespace {

    Image by_prefix(std::map<std::string, Image, std::less<>> const& by_id, std::string_view prefix)
    {
        if (prefix.empty())
            return nullptr;
        auto const first = by_id.lower_bound(prefix);
        if (first == by_id.end() || !first->first.starts_with(prefix))
            return nullptr;
        auto const second = std::next(first);
        bool const ambiguous = second != by_id.end() && second->first.starts_with(prefix);
        return ambiguous && first->first != prefix ? nullptr : first->second;
    }

} // namespace

Image Index::find(std::string_view name) const
{
    if (auto image = by_prefix(by_id, name))
        return image;
    auto const reference = parse_reference(name);
    auto const repository = tags.find(reference.repository);
    if (repository == tags.end())
        return nullptr;
    auto const image_of = [&](std::string const& id) {
        auto const found = by_id.find(id);
        return found == by_id.end() ? nullptr : found->second;
    };
    if (auto const tag = repository->second.find(reference.tag); tag != repository->second.end())
        return image_of(tag->second);
    for (auto const& [tag, id] : repository->second)
        if (id.starts_with(reference.tag))
            return image_of(id);
    return nullptr;
}

std::string Index::display_name(std::string const& id) const
{
    for (auto const& [repository, entries] : tags)
        for (auto const& [tag, image] : entries)
            if (image == id)
                return repository + ":" + tag;
    return id.substr(0, 12);
}

std::vector<store::TagRecord> Index::tags_of(std::string const& id) const
{
    std::vector<store::TagRecord> found;
    for (auto const& [repository, entries] : tags)
        for (auto const& [tag, image] : entries)
            if (image == id)
                found.push_back({ repository, tag, id });
    return found;
}

std::vector<Image> Index::children_of(std::string const& id) const
{
    std::vector<Image> children;
    for (auto const& [key, image] : by_id)
        if (image->parent == id)
            children.push_back(image);
    return children;
}

std::map<std::string, std::vector<std::string>> Index::names_by_image() const
{
    std::map<std::string, std::vector<std::string>> names;
    for (auto const& [repository, entries] : tags)
        for (auto const& [tag, image] : entries)
            names[image].push_back(repository + ":" + tag);
    for (auto& [image, its] : names)
        std::sort(its.begin(), its.end());
    return names;
}

std::vector<Image> Index::line_of(Image image) const
{
    std::vector<Image> line;
    while (image && line.size() < by_id.size()) { // a damaged chain may be a ring
        auto const parent = by_id.find(image->parent);
        line.push_back(std::move(image));
        image = parent == by_id.end() ? nullptr : parent->second;
    }
    return line;
}

int64_t Index::virtual_size(store::ImageRecord const& image) const
{
    int64_t sum = image.size;
    size_t steps = by_id.size(); // a damaged chain may be a ring
    for (auto parent = by_id.find(image.parent); parent != by_id.end() && steps-- > 0;
         parent = by_id.find(parent->second->parent))
        sum += parent->second->size;
    return sum;
}

} // namespace staithe::images
