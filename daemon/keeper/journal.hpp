// What a keeper has to say when nobody listens: lines in `keeper.log` of the container's state directory, made when
// there is a first one, and bounded.
#pragma once

#include <string_view>

namespace staithe::keeper {

/// Where lines go from now on; borrowed. Before that they are dropped.
void set_journal_directory(int directory);

void journal(std::string_view line);

} // namespace staithe::keeper
