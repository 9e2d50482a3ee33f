// What top shows: a table, or the list of processes that it was at first.
#pragma once

#include <string>

#include "api/services/container.hpp"

namespace staithe::wire {

/// {"Titles":["PID","CMD"],"Processes":[["1","sh"]]}; Processes is null when there is none.
std::string encode_process_table(api::ProcessTable const&);

/// A list of {"PID","Tty","Time","Cmd"}, null when there is none; a column that the table lacks is an empty text.
std::string encode_process_list(api::ProcessTable const&);

} // namespace staithe::wire
