#include "api/routes/body.hpp"

namespace staithe::routes {

Result<std::string> needed_body(http::Request const& request)
{
    auto body = STAITHE_TRY(request.read_body());
    if (body.empty())
        return Error { STAITHE_INVALID, 0, "EOF" };
    return body;
}

} // namespace staithe::routes
