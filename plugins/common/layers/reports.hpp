// SPDX-License-Identifier: Apache-2.0
//
// The answers that drivers give from a comparison of trees.
#pragma once

#include <functional>
#include <string>

#include <staithe/storage.h>

#include "plugins/common/layers/differences.hpp"

namespace staithe::layers {

/// Visits the changes in lexical order of their paths; the root itself is left out, as Docker does.
Result<void> report_changes(
    staithe_call const& call, Comparison const& comparison, std::function<bool(staithe_change const&)> const& visitor);

/// The sum of the sizes of the files that are new or different; one with several names counts once.
Result<uint64_t> sum_of_sizes(staithe_call const& call, Comparison const& comparison);

/// {"Backing Filesystem":…,"Layers":…} for /info.
Result<std::string> describe_store(int state_directory, size_t layers);

/// "ext4", or a number for one without a name here.
std::string file_system_name(int directory);

} // namespace staithe::layers
