// docs/api-versions.md, written from the tables, so that it cannot tell anything else than what the daemon does.
#pragma once

#include <string>

namespace staithe::versions {

std::string render_document();

} // namespace staithe::versions
