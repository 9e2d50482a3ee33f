// What an API version does differently beyond the fields of its objects.
#pragma once

#include <span>
#include <string_view>

#include "api/versions/version_rows.hpp"

namespace staithe::versions {

enum class Trait {
    RawProgress,
    InsertedId,
    PlainImageDelete,
    SizesUnasked,
    PublishedPortSpecs,
    ProcessList,
    ProcessTable,
    CacheQuestion,
    FramedAttach,
};

struct TraitRow {
    Trait trait;
    ApiVersion since, until; ///< both included
    std::string_view where, what; ///< for the documentation
};

std::span<TraitRow const> trait_rows();

bool has(Trait, ApiVersion);

} // namespace staithe::versions
