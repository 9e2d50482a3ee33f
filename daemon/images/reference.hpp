// The words of image names: "repo:tag", globs over repositories.
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

#include "daemon/store/records.hpp"

namespace staithe::images {

struct Reference {
    std::string repository, tag;
    bool has_tag = false; ///< false: tag is "latest" because nobody said otherwise
};

/// Splits at the last ':' that no '/' follows.
Reference parse_reference(std::string_view name);

/// "Illegal tag name: T" for one with '/' or ':'.
Result<void> check_tag(std::string_view tag);

/// The tag that a request names, of no image yet. tag empty: the one that the repository's name has, else latest.
/// INVALID: "Repository name can't be empty", "Illegal tag name: T".
Result<store::TagRecord> wanted_tag(std::string const& repository, std::string const& tag);

/// The URL that a client means: http where it names no scheme.
std::string url_of(std::string const& text);

/// Does a shell glob ('*', '?', '[a-z]', '\\') match? '*' and '?' do not cross '/'.
bool glob_matches(std::string_view pattern, std::string_view text);

} // namespace staithe::images
