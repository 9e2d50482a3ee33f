// What an instruction does to the configuration: pure functions, from the state before a step to the state after it.
#pragma once

#include <string>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "daemon/build/instruction.hpp"
#include "daemon/build/state.hpp"

namespace staithe::build {

struct Step {
    State after;
    /// Of the step's container: RUN's own, with the shell before it; else what is never run, {"/bin/sh", "-c", "#(nop)
    /// TEXT"}, which tells a history what was done. Empty: no image comes of it (FROM, and what was skipped).
    std::vector<std::string> command;
};

/// The state after a FROM: the base's configuration (nothing: it has none), with HOME and PATH where its environment is
/// empty. The base's triggers stay in extras.on_build; run_triggers() takes them out.
State begin_stage(State const& before, std::optional<api::ContainerConfig> const& base, Extras);

/// The triggers that a base left, to be carried out before the stage's own instructions; the stage's image has none of
/// them.
std::vector<std::string> take_triggers(State&);

/// The instruction must be expanded. INVALID, as clients know it: "Please provide a source image with `from` prior to
/// run" (or commit), "Invalid containerPort: X" and its like; RANGE: limits.hpp. None names the line: the step that
/// failed has been announced.
Result<Step> apply_to(State before, Instruction const&);

/// The command line of a RUN, with the shell that the stage has chosen. A script's first word is its text.
std::vector<std::string> full_command(CommandLine const&, Extras const&);

} // namespace staithe::build
