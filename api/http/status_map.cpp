#include "api/http/status_map.hpp"

namespace staithe::http {

int status_of(staithe_code code)
{
    switch (code) {
    case STAITHE_OK: return 200;
    case STAITHE_INVALID: return 400;
    case STAITHE_NOT_FOUND: return 404;
    case STAITHE_EXISTS:
    case STAITHE_CONFLICT:
    case STAITHE_BUSY: return 409;
    case STAITHE_DENIED: return 403;
    case STAITHE_UNAUTHORIZED: return 401;
    case STAITHE_RANGE: return 413;
    default: return 500;
    }
}

} // namespace staithe::http
