// Which columns an argument set of ps means.
//
// Understood are, in any combination that ps allows: the Unix formats -f -F -l -ly -j and the BSD formats u l j, the
// lists -o o --format, the column -Z, Z; c (names instead of command lines); and what changes nothing here, since all
// processes of a container are shown with titles and at full width: -e -A -a -d -w, a x g w h, --no-headers. As with
// ps, letters behind a "-" that make no sense are read as BSD's: "-aux".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "daemon/processes/fields.hpp"

namespace staithe::processes {

struct Column {
    std::string title;
    Field const* field;
};

/// At least one. A list goes on to the next word that begins with "-". INVALID names what is not understood.
Result<std::vector<Column>> parse_arguments(std::string_view ps_args);

} // namespace staithe::processes
