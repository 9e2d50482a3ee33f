// The processes that /proc shows.
#pragma once

#include <sys/types.h>

#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::os {

/// All of them at some moment, in order of their numbers; any may be gone already.
Result<std::vector<pid_t>> process_list();

} // namespace staithe::os
