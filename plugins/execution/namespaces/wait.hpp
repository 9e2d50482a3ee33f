// SPDX-License-Identifier: Apache-2.0
//
// Waiting for something in the kernel that has no event: look, and look again a little later.
#pragma once

#include <functional>

#include <staithe/cpp/result.hpp>
#include <staithe/host.h>

namespace staithe::namespaces {

/// Until `done` says true or fails, or `go_on` fails.
Result<void> wait_until(std::function<Result<void>()> const& go_on, std::function<Result<bool>()> const& done);

/// go_on for a call: its deadline and cancel, or 10 s where it has no deadline.
std::function<Result<void>()> patience(staithe_call const& call);

} // namespace staithe::namespaces
