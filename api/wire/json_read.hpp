// From a JSON object's keys to the fields of our value types, with the client's mistakes told by key.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/json_value.hpp"

namespace staithe::wire {

/// Each read() finds the key without regard to case and fills `into`. An absent key and null leave the default; another
/// JSON type, or a number that does not fit, is STAITHE_INVALID: "cannot use list as text for 'Hostname'".
Result<void> read(JsonValue const& object, std::string_view key, std::string& into);
Result<void> read(JsonValue const& object, std::string_view key, int64_t& into);
Result<void> read(JsonValue const& object, std::string_view key, bool& into);
Result<void> read(JsonValue const& object, std::string_view key, std::vector<std::string>& into);
Result<void> read(JsonValue const& object, std::string_view key, std::optional<std::vector<std::string>>& into);
/// The keys of a map whose values mean nothing: {"/data": {}}.
Result<void> read(JsonValue const& object, std::string_view key, std::set<std::string>& into);

/// The value of a key if it is there, is not null and is of this kind; null if absent; else an Error.
Result<JsonValue const*> find_kind(JsonValue const& object, std::string_view key, JsonValue::Kind);

/// The Error that says what was found where something else is due.
Error wrong_kind(JsonValue const& found, std::string_view wanted, std::string_view key);

} // namespace staithe::wire
