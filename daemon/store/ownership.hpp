// Whose directory is this? Left-overs are only ever removed where the owner's mark names our own database, so that the
// bytes behind a lost, damaged or foreign database are never taken for rubbish.
#pragma once

#include <string>

#include <staithe/cpp/result.hpp>

namespace staithe::store {

/// Does the mark name this identity? A directory that is still empty is claimed by writing the mark.
Result<bool> owns(std::string const& mark, std::string const& identity, bool empty);

} // namespace staithe::store
