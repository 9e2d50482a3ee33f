// The rows of the journal, for the store itself.
#pragma once

#include <vector>

#include "api/services/event_service.hpp"

namespace Poco::Data {
class Session;
}

namespace staithe::store {

/// Both throw what Poco throws; what could be read until then stays read.
void insert_events(Poco::Data::Session&, std::vector<api::Event> const&);
void read_all_events(Poco::Data::Session&, std::vector<api::Event>&);

} // namespace staithe::store
