#include "daemon/images/deletion.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/images/reference.hpp"

namespace staithe::images {

namespace {

    class Planner {
    public:
        Planner(Index const& index, UserOf const& user_of)
            : m_index(index)
            , m_user_of(user_of)
        {
        }

        Result<std::vector<store::TagRecord>> candidates(Image const& image, std::string_view name) const
        {
            if (image->id.find(name) != std::string::npos) {
                auto tags = m_index.tags_of(image->id);
                bool const one_repository = std::all_of(tags.begin(), tags.end(),
                    [&](store::TagRecord const& tag) { return tag.repository == tags.front().repository; });
                m_several_repositories = !one_repository;
                return one_repository ? tags : std::vector<store::TagRecord>();
            }
            auto const reference = parse_reference(name);
            auto const repository = m_index.tags.find(reference.repository);
            std::vector<store::TagRecord> tags;
            for (auto const& [tag, id] : repository->second)
                if (!reference.has_tag || tag == reference.tag)
                    tags.push_back({ reference.repository, tag, id });
            if (tags.empty())
                return Error { STAITHE_NOT_FOUND, 0, "No such tag: " + reference.repository + ":" + reference.tag };
            return tags;
        }

        void untag(std::vector<store::TagRecord> tags, Image const& image)
        {
            for (auto& tag : tags) {
                m_untagged.emplace(tag.repository, tag.tag);
                m_plan.steps.push_back({ true, image->id.substr(0, 12) });
                m_plan.tags.push_back(std::move(tag));
            }
        }

        bool tagged(std::string const& id) const
        {
            auto const tags = m_index.tags_of(id);
            return std::any_of(tags.begin(), tags.end(), [&](store::TagRecord const& tag) {
                return !m_untagged.contains({ tag.repository, tag.tag });
            });
        }

        /// Deletes the image with its children; false: something refers to it, and it stays.
        bool subtree(Image const& image)
        {
            if (m_gone.contains(image->id))
                return true;
            if (tagged(image->id) || !m_user_of(image->id).empty() || !m_visiting.insert(image->id).second)
                return false;
            bool free = true;
            for (auto const& child : m_index.children_of(image->id))
                free = subtree(child) && free;
            if (!free)
                return false;
            m_gone.insert(image->id);
            m_plan.images.push_back(image);
            m_plan.steps.push_back({ false, image->id.substr(0, 12) });
            return true;
        }

        void with_parents(Image const& image)
        {
            for (Image next = image; next && subtree(next);) {
                auto const parent = m_index.by_id.find(next->parent);
                next = parent == m_index.by_id.end() ? nullptr : parent->second;
            }
        }

        bool several_repositories() const { return m_several_repositories; }
        Deletion take() { return std::move(m_plan); }

    private:
        Index const& m_index;
        UserOf const& m_user_of;
        Deletion m_plan;
        std::set<std::pair<std::string, std::string>> m_untagged;
        std::set<std::string> m_gone, m_visiting;
        mutable bool m_several_repositories = false;
    };

    Error conflict(std::string_view name, std::string const& why)
    {
        return { STAITHE_CONFLICT, 0, "Conflict, " + std::string(name) + " wasn't deleted" + why };
    }

} // namespace

Result<Deletion> plan_deletion(Index const& index, std::string_view name, UserOf const& user_of)
{
    auto const image = index.find(name);
    if (!image)
        return Error { STAITHE_NOT_FOUND, 0, "No such image: " + std::string(name) };
    Planner planner(index, user_of);
    planner.untag(STAITHE_TRY(planner.candidates(image, name)), image);
    if (planner.several_repositories())
        return conflict(name, "");
    if (!planner.tagged(image->id)) {
        if (auto const user = user_of(image->id); !user.empty())
            return conflict(name, ": container '" + user + "' uses it");
        planner.with_parents(image);
    }
    auto plan = planner.take();
    if (plan.steps.empty())
        return conflict(name, "");
    return plan;
}

} // namespace staithe::images
