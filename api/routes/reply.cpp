#include "api/routes/reply.hpp"

#include <algorithm>
#include <string_view>

#include "api/http/status_map.hpp"

namespace staithe::routes {

namespace {

    struct KnownText {
        std::string_view begin;
        int status;
    };

    /// The first that matches decides, as in the daemons whose texts these are. What they answered with 500 stays 500,
    /// however exact our code for it is.
    constexpr KnownText known_texts[] = {
        { "No such", 404 },
        { "no such", 500 },
        { "Bad parameter", 400 },
        { "Conflict", 409 },
        { "Impossible", 406 },
        { "Wrong login/password", 401 },
        { "Cannot ", 500 },
        { "The container ", 500 },
        { "No command specified", 500 },
        { "Memory limit must be given", 500 },
        { "No port specified", 500 },
        { "Invalid containerPort", 500 },
        { "Invalid hostPort", 500 },
        { "Invalid port format", 500 },
        { "Invalid bind", 500 },
        { "Illegal bind", 500 },
        { "Invalid format to parse", 500 },
        { "Could not find entity", 500 },
        { "Could not get container", 500 },
        { "Port already in use", 500 },
        { "Invalid repository name", 500 },
        { "Invalid namespace name", 500 },
        { "Repository name can't be empty", 500 },
        { "Illegal tag name", 500 },
        { "Tarball too short", 500 },
        { "Content-Type not supported", 500 },
        { "Resource cannot be empty", 500 },
        { "stat ", 500 },
        { "lxc-ps: ", 500 },
        { "Wrong output using lxc-ps", 500 },
        { "listen tcp ", 500 },
        { "listen udp ", 500 },
        { "Image does not exist", 500 },
        { "ptyMaster does not have Fd() method", 500 },
        { "strconv.ParseInt", 500 },
        { "EOF", 500 },
    };

} // namespace

int status_of(Error const& error)
{
    auto const known = std::find_if(std::begin(known_texts), std::end(known_texts),
        [&](KnownText const& text) { return error.message.starts_with(text.begin); });
    if (known != std::end(known_texts))
        return known->status;
    if (error.message.find("hasn't been activated") != error.message.npos)
        return 403;
    return http::status_of(error.code);
}

http::Reply error_reply(Error const& error)
{
    http::Reply reply;
    reply.status = status_of(error);
    reply.body = error.message + "\n";
    return reply;
}

http::Reply json_reply(std::string body, int status)
{
    http::Reply reply;
    reply.status = status;
    reply.content_type = "application/json";
    reply.body = std::move(body);
    return reply;
}

http::Reply no_page_reply()
{
    http::Reply reply;
    reply.status = 404;
    reply.body = "404 page not found\n";
    return reply;
}

http::Reply empty_reply(int status)
{
    http::Reply reply;
    reply.status = status;
    return reply;
}

} // namespace staithe::routes
