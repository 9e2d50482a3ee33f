// The text form of records in the database. Internal: no client sees it, and it may grow fields at any time, since a
// missing field reads as its default.
#pragma once

#include <string>

#include <staithe/cpp/result.hpp>

#include "daemon/store/records.hpp"

namespace staithe::store {

std::string to_json(ImageRecord const&);
/// What a container is made as, and what may change with every run.
std::string to_json(ContainerRecord const&);
std::string run_to_json(ContainerRecord const&);

/// Fill everything but what stands in columns of its own. STAITHE_CORRUPT with the cause.
Result<void> from_json(std::string const& text, ImageRecord&);
Result<void> from_json(std::string const& text, ContainerRecord&);
Result<void> run_from_json(std::string const& text, ContainerRecord&);

} // namespace staithe::store
