// From what a handler found out to an HTTP reply.
#pragma once

#include <string>
#include <utility>

#include <staithe/cpp/result.hpp>

#include "api/http/router.hpp"

namespace staithe::routes {

/// The status of an error: by how its text begins, where clients know the text, else by its code.
int status_of(Error const&);

/// The error's text and a line end.
http::Reply error_reply(Error const&);

http::Reply json_reply(std::string body, int status = 200);
http::Reply empty_reply(int status);
/// What a path that no route has is answered with.
http::Reply no_page_reply();

/// A handler that is a function from a request to a reply or an Error.
template <class F> http::Handler answering(F f)
{
    return [f = std::move(f)](http::Request& request, http::Responder& responder) {
        Result<http::Reply> reply = f(request);
        responder.send(reply ? std::move(reply).value() : error_reply(reply.error()));
    };
}

} // namespace staithe::routes
