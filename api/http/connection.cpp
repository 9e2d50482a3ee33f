#include "api/http/connection.hpp"

#include "api/http/deferred.hpp"
#include "api/http/feed.hpp"
#include "api/http/websocket_pump.hpp"

namespace staithe::http {

Connection::Connection() = default;
Connection::~Connection() = default;

void Connection::begin_next_message()
{
    parser.reset();
    target = {};
    match = {};
    decoder = {};
    body.clear();
    after = After::KeepAlive;
    deferred.reset();
    feed.reset();
    half_closed = false;
}

} // namespace staithe::http
