// Bodies that a request must have.
#pragma once

#include <string>

#include <staithe/cpp/result.hpp>

#include "api/http/request.hpp"

namespace staithe::routes {

/// The body, whatever its type; "EOF", as decoders of the time said, where there is none.
Result<std::string> needed_body(http::Request const&);

} // namespace staithe::routes
