// The stages of a build: which FROM begins which, and whom a COPY --from means.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "daemon/build/instruction.hpp"

namespace staithe::build {

/// Where files come from.
struct Origin {
    enum class Kind {
        Nothing, ///< FROM scratch: no files, no configuration
        Image, ///< by its name
        Stage, ///< by its number
    };
    Kind kind = Kind::Nothing;
    std::string image;
    size_t stage = 0; ///< from 0
};

/// Grows as a build goes through its FROMs.
class Stages {
public:
    /// A stage of this expanded FROM begins; its base is an earlier stage of that name, else an image. Of two stages
    /// with one name, the later one is meant.
    Origin begin(From const&);

    /// Whom the current stage means by "--from": an earlier stage's name, its number, else an image. INVALID: its own
    /// name, its own or a later number.
    Result<Origin> source(std::string_view from) const;

    size_t size() const { return m_names.size(); }

private:
    std::optional<size_t> find(std::string_view name, size_t before) const;

    std::vector<std::string> m_names; // empty: nameless
};

} // namespace staithe::build
