// The tables, and how older ones become today's.
#pragma once

#include "daemon/store/database.hpp"

namespace staithe::store {

/// The version that this program writes.
int newest_schema();

/// Brings the database to newest_schema(), each step in a transaction of its own. STAITHE_UNSUPPORTED: it was written
/// by a younger program.
Result<void> migrate(Database&);

} // namespace staithe::store
