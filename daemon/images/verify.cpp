// Whether images still are what they were: every layer of theirs is read again.
#include <algorithm>
#include <map>
#include <utility>

#include "daemon/images/library.hpp"

namespace staithe::images {

Result<std::vector<api::ImageCheck>> Library::verify(
    std::string_view request_id, std::string_view name, api::Progress& progress)
{
    std::vector<std::string> const wanted =
        name.empty() ? ids() : std::vector<std::string> { STAITHE_TRY(find(name))->id };
    std::map<std::string, std::string> problems; // by layer
    std::vector<api::ImageCheck> checks;
    for (auto const& id : wanted) {
        auto const pinned = pin(id);
        if (!pinned.image) // deleted meanwhile
            continue;
        progress.status("Verifying " + display_name(id));
        auto& check = checks.emplace_back();
        check.id = id;
        check.tags = tag_names(id);
        check.problem = STAITHE_TRY(problem_of(request_id, *pinned.image, problems, progress));
        check.good = check.problem.empty();
    }
    return checks;
}

Result<std::string> Library::problem_of(std::string_view request_id, store::ImageRecord const& image,
    std::map<std::string, std::string>& problems, api::Progress& progress)
{
    auto line = m_digests.chain(image.layer);
    std::reverse(line.begin(), line.end()); // the tree hash of what lies on a bad layer is wrong too
    for (auto const& layer : line) {
        if (progress.cancelled())
            return Error { STAITHE_CANCELLED, 0, "the client has gone" };
        auto problem = problems.find(layer);
        if (problem == problems.end())
            problem = problems.emplace(layer, m_digests.problem(request_id, layer)).first;
        if (!problem->second.empty())
            return problem->second;
    }
    return std::string();
}

} // namespace staithe::images
