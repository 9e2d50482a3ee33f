// Our own extension: every driver with its state and the reason for it.
#include "api/routes/reply.hpp"
#include "api/routes/routes.hpp"
#include "api/wire/system.hpp"

namespace staithe::routes {

void add_driver_routes(http::Router& router, api::DriverService& drivers)
{
    router.add({ "GET", "/staithe/v1/drivers", answering([&drivers](http::Request& request) -> Result<http::Reply> {
                    return json_reply(wire::encode_drivers(STAITHE_TRY(drivers.drivers(request.id))));
                }) });
}

} // namespace staithe::routes
