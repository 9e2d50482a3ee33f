// The one table from error codes to HTTP statuses.
#pragma once

#include <staithe/cpp/result.hpp>

namespace staithe::http {

/// NOT_FOUND 404, INVALID 400 … ; everything without a better answer is 500.
int status_of(staithe_code);

} // namespace staithe::http
