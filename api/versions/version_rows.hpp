// What differs between API versions, as data. Every decision that looks at a version is a row of a table in this room.
#pragma once

#include <span>
#include <string_view>

#include "api/http/api_version.hpp"
#include "api/wire/field.hpp"

namespace staithe::versions {

using http::ApiVersion;

inline constexpr ApiVersion oldest { 1, 0 }, newest { 1, 6 };

/// Every version that is served, oldest first.
std::span<ApiVersion const> accepted();

/// A field that not every version has. A field without a row belongs to every version.
struct FieldRow {
    std::string_view key, form; ///< as in the wire room's list
    ApiVersion since = oldest, until = newest; ///< both included
};

using FieldRows = std::span<FieldRow const>;

/// Does a version have the field of this row?
constexpr bool holds(FieldRow const& row, ApiVersion version)
{
    return row.since <= version && version <= row.until;
}

/// The fields that a version has.
template <class T> wire::FieldSet select(wire::Fields<T> fields, FieldRows rows, ApiVersion version)
{
    wire::FieldSet set = 0;
    for (size_t i = 0; i < fields.size(); ++i) {
        bool present = true;
        for (auto const& row : rows)
            if (row.key == fields[i].key && row.form == fields[i].form)
                present = holds(row, version);
        set |= wire::FieldSet { present } << i;
    }
    return set;
}

} // namespace staithe::versions
