// The messages of a progress stream: raw text at first, JSON objects later. Each is one write, hence one chunk.
#pragma once

#include <string>
#include <string_view>

#include "api/wire/field.hpp"

namespace staithe::wire {

struct ProgressMessage {
    std::string status {}, progress {}, error {}, id {};
};

/// The JSON form; with no text at all it is "{}", the end of a transfer.
Fields<ProgressMessage> progress_fields();
std::string encode_progress(ProgressMessage const&, FieldSet);

/// The raw form: "TEXT\r\n", "ACTION PROGRESS\r", "Error: TEXT\r\n". Line ends inside a text become spaces.
std::string raw_progress(ProgressMessage const&);

} // namespace staithe::wire
