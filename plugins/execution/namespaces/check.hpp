// SPDX-License-Identifier: Apache-2.0
//
// Whether a container's description can be started at all, without touching anything.
#pragma once

#include <staithe/cpp/result.hpp>
#include <staithe/execution.h>

namespace staithe::namespaces {

Result<void> check_container(staithe_container const&);
Result<void> check_process(staithe_process const&);

} // namespace staithe::namespaces
