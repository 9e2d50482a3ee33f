#include "daemon/images/deletion.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "daemon/images/reference.hpp"

namespace staithe::images {

namespace {

    using Tags = std::vector<store::TagRecord>;

    class Planner {
    public:
        Planner(Index const& index, UserOf const& user_of)
            : m_index(index)
            , m_user_of(user_of)
        {
            for (auto const& [repository, entries] : index.tags)
                for (auto const& [tag, id] : entries)
                    ++m_tags_left[id];
            for (auto const& [id, image] : index.by_id)
                m_children[image->parent].push_back(image);
        }

        /// The image that was named loses these; some may be of other images.
        void untag(Tags tags, Image const& image)
        {
            for (auto& tag : tags) {
                --m_tags_left[tag.image];
                m_plan.steps.push_back({ true, short_id(image) });
                m_plan.tags.push_back(std::move(tag));
            }
        }

        bool tagged(Image const& image) const
        {
            auto const left = m_tags_left.find(image->id);
            return left != m_tags_left.end() && left->second > 0;
        }
        bool has_children(Image const& image) const { return m_children.contains(image->id); }

        void remove(Image const& image)
        {
            m_gone.insert(image->id);
            m_plan.images.push_back(image);
            m_plan.steps.push_back({ false, short_id(image) });
        }

        /// Until there is one that something refers to.
        void remove_with_relatives(Image const& image)
        {
            for (Image next = image; next && remove_subtree(next);) {
                auto const parent = m_index.by_id.find(next->parent);
                next = parent == m_index.by_id.end() ? nullptr : parent->second;
            }
        }

        Deletion take() { return std::move(m_plan); }

    private:
        static std::string short_id(Image const& image) { return image->id.substr(0, 12); }

        /// Removes the image after its children; false: something refers to it or to one of them, and it stays.
        bool remove_subtree(Image const& image)
        {
            if (m_gone.contains(image->id))
                return true;
            if (tagged(image) || !m_user_of(image->id).empty() || !m_visited.insert(image->id).second)
                return false;
            bool free = true;
            if (auto const children = m_children.find(image->id); children != m_children.end())
                for (auto const& child : children->second)
                    free = remove_subtree(child) && free;
            if (free)
                remove(image);
            return free;
        }

        Index const& m_index;
        UserOf const& m_user_of;
        std::map<std::string, int> m_tags_left;
        std::map<std::string, std::vector<Image>> m_children;
        std::set<std::string> m_gone, m_visited;
        Deletion m_plan;
    };

    Error conflict(std::string_view name, std::string const& why = {})
    {
        return { STAITHE_CONFLICT, 0,
            "Conflict, " + std::string(name) + " wasn't deleted" + (why.empty() ? why : ": " + why) };
    }

    Error unknown(std::string_view name)
    {
        return { STAITHE_NOT_FOUND, 0, "No such image: " + std::string(name) };
    }

    /// The tags of a name that is not an id's.
    Result<Tags> tags_named(Index const& index, std::string_view name)
    {
        auto const reference = parse_reference(name);
        Tags tags;
        if (auto const repository = index.tags.find(reference.repository); repository != index.tags.end())
            for (auto const& [tag, id] : repository->second)
                if (!reference.has_tag || tag == reference.tag)
                    tags.push_back({ reference.repository, tag, id });
        if (tags.empty())
            return Error { STAITHE_NOT_FOUND, 0, "No such tag: " + reference.repository + ":" + reference.tag };
        return tags;
    }

    bool of_one_repository(Tags const& tags)
    {
        return std::all_of(tags.begin(), tags.end(),
            [&](store::TagRecord const& tag) { return tag.repository == tags.front().repository; });
    }

} // namespace

Result<Deletion> plan_deletion(Index const& index, std::string_view name, UserOf const& user_of)
{
    auto const image = index.find(name);
    if (!image)
        return unknown(name);
    bool const by_id = image->id.find(name) != std::string::npos;
    auto tags = by_id ? index.tags_of(image->id) : STAITHE_TRY(tags_named(index, name));
    if (by_id && !of_one_repository(tags))
        return conflict(name);
    Planner planner(index, user_of);
    planner.untag(std::move(tags), image);
    if (!planner.tagged(image)) {
        if (auto const user = user_of(image->id); !user.empty())
            return conflict(name, user);
        planner.remove_with_relatives(image);
    }
    auto plan = planner.take();
    return plan.steps.empty() ? Result<Deletion>(conflict(name)) : Result<Deletion>(std::move(plan));
}

Result<Deletion> plan_single_deletion(Index const& index, std::string_view name, UserOf const& user_of)
{
    auto const image = index.find(name);
    if (!image)
        return unknown(name);
    Planner planner(index, user_of);
    if (planner.has_children(image))
        return conflict(name, "other images are made on it");
    if (auto const user = user_of(image->id); !user.empty())
        return conflict(name, user);
    planner.untag(index.tags_of(image->id), image);
    planner.remove(image);
    return planner.take();
}

} // namespace staithe::images
