#include "daemon/images/reference.hpp"

#include <fnmatch.h>

#include <utility>

namespace staithe::images {

Reference parse_reference(std::string_view name)
{
    size_t const colon = name.rfind(':');
    if (colon == std::string_view::npos || name.find('/', colon) != std::string_view::npos)
        return { std::string(name), "latest", false };
    std::string tag(name.substr(colon + 1));
    bool const empty = tag.empty();
    return { std::string(name.substr(0, colon)), empty ? "latest" : std::move(tag), !empty };
}

Result<void> check_tag(std::string_view tag)
{
    if (tag.find_first_of("/:") != std::string_view::npos)
        return Error { STAITHE_INVALID, 0, "Illegal tag name: " + std::string(tag) };
    return {};
}

Result<store::TagRecord> wanted_tag(std::string const& repository, std::string const& tag)
{
    store::TagRecord wanted { repository, tag, {} };
    if (tag.empty()) {
        auto reference = parse_reference(repository);
        wanted.repository = std::move(reference.repository), wanted.tag = std::move(reference.tag);
    }
    if (wanted.repository.empty())
        return Error { STAITHE_INVALID, 0, "Repository name can't be empty" };
    STAITHE_TRY(check_tag(wanted.tag));
    return wanted;
}

std::string url_of(std::string const& text)
{
    return text.find("://") == std::string::npos ? "http://" + text : text;
}

bool glob_matches(std::string_view pattern, std::string_view text)
{
    return ::fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), FNM_PATHNAME) == 0;
}

} // namespace staithe::images
