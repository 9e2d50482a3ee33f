// Where ADD, COPY and WORKDIR lead: paths as text, nothing is looked up.
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::build {

/// WORKDIR: an absolute path stays as it is written; another one continues the directory before (empty: "/").
std::string next_directory(std::string_view before, std::string_view path);

/// The absolute path of a destination, without "." and ".." and never above "/". "/" at its end stays, and says that it
/// is a directory; so do "." and ".." as last names.
std::string destination_of(std::string_view working_directory, std::string_view destination);

/// Where a source is below the context: no "/" at its beginning, no "." and ".."; "." is the context itself. INVALID:
/// "Forbidden path: P", it leads out of it.
Result<std::string> context_path(std::string_view source);

/// "http://…", "https://…".
bool is_url(std::string_view source);

/// The last name in a URL's path. INVALID: "cannot determine filename from url: U".
Result<std::string> url_file_name(std::string_view url);

} // namespace staithe::build
