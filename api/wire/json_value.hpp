// A parsed JSON document: only what decoding needs, and bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::wire {

struct JsonMember;

struct JsonValue {
    enum class Kind { Null, Boolean, Integer, Fraction, Text, Array, Object };

    Kind kind = Kind::Null;
    bool boolean = false;
    int64_t integer = 0; ///< Kind::Integer only; what is written with '.' or an exponent is Kind::Fraction
    std::string text;
    std::vector<JsonValue> items; ///< of an array
    std::vector<JsonMember> members; ///< of an object, in order

    /// Keys are matched without regard to case, an exact match first; null where there is none.
    JsonValue const* find(std::string_view key) const;
    /// "number", "text", "list" …: for messages.
    std::string_view kind_name() const;
};

struct JsonMember {
    std::string key;
    JsonValue value;
};

/// Reads one document. Daemons of 2013 read the first value and ignored what followed; no client needs that, and a
/// body that two readers understand differently is an attack, so anything but white space after the value is refused.
/// Refused too, all with STAITHE_INVALID: invalid UTF-8 and a byte order mark, lone surrogates, NUL in any text, a key
/// twice in one object, integers that int64 cannot hold, more than 128 levels, more than 65,536 values.
Result<JsonValue> parse_json(std::string_view);

} // namespace staithe::wire
