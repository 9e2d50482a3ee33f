// What a stage of a build has become so far: the configuration that its next step starts from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/services/container.hpp"
#include "daemon/build/instruction.hpp"
#include "daemon/build/scope.hpp"
#include "daemon/build/statement.hpp"

namespace staithe::build {

/// What an image says that api::ContainerConfig has no place for (yet).
struct Extras {
    Variables labels;
    std::optional<HealthCheck> health;
    std::string stop_signal; ///< empty: not said
    std::vector<std::string> shell; ///< empty: /bin/sh -c
    std::vector<std::string> on_build; ///< triggers, oldest first
};

/// Build arguments, by name.
struct Arguments {
    Variables given; ///< by whoever asked for the build; they count only where an ARG names them
    Variables global; ///< by the ARGs before the first FROM
    Variables stage; ///< by the ARGs since the last FROM
};

struct State {
    api::ContainerConfig config; ///< of the image, were it finished now
    Extras extras;
    std::string author; ///< outlives the stage
    Arguments arguments;
    bool in_stage = false; ///< there was a FROM
    bool command_is_own = false; ///< CMD is this stage's, not its base's
};

/// The variables of the next statement: for FROM, and for all before the first one, the global arguments alone.
Scope scope_of(State const&, Statement const&, char escape);

/// What a RUN finds in its environment: the image's, and the build arguments that it does not hide.
std::vector<std::string> run_environment(State const&);

} // namespace staithe::build
