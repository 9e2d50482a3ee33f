// Reading everything at start, row by row, so that one damaged row or page costs no more than itself.
#pragma once

#include <string>
#include <vector>

#include "api/services/event_service.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/records.hpp"

namespace staithe::store {

/// Reads all tables. A row that cannot be understood is moved to the table quarantine and named in damages; a table
/// that cannot be read to its end is an error.
Result<void> load(Database&, Contents&);

/// Renames the database and its write-ahead log to state.db.damaged-N and gives the new path.
Result<std::string> set_aside(std::string const& directory);

/// Reads what can be read of a damaged database, whatever its schema, and says in damages what could not.
void salvage(std::string const& path, Contents&, std::vector<api::Event>&);

} // namespace staithe::store
