// One validated request as a handler sees it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <staithe/cpp/stream.hpp>

#include "api/http/api_version.hpp"

namespace staithe::http {

/// Where the peer sits: decides Host, Origin and half-close rules.
enum class Listener { Unix, Tcp };

class Request {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    std::string method; ///< "GET" …
    std::string path; ///< decoded once, without version prefix and query: "/containers/web/json"
    std::string name; ///< what the route's {name} matched; empty for routes without one
    ApiVersion version; ///< of the prefix, or the newest one
    bool has_version = false; ///< false: the path had no prefix
    Fields query; ///< decoded, in order
    Fields headers; ///< names in lower case, in order
    Listener listener = Listener::Unix;
    std::string id; ///< unique per request; goes into log lines and driver calls
    /// The body. read() gives 0 at its proper end and an Error when it was cut short or malformed; never null.
    Source* body = nullptr;
    bool has_body = false; ///< Content-Length > 0 or chunked

    /// The first value of a query parameter, or an empty text.
    std::string_view parameter(std::string_view key) const;
    bool has_parameter(std::string_view key) const;
    /// The first value of a header (name in lower case), or an empty text.
    std::string_view header(std::string_view name) const;
    /// Content-Type without parameters, in lower case.
    std::string media_type() const;
    /// Reads the whole body; STAITHE_RANGE when it is longer than limit.
    Result<std::string> read_body(size_t limit = 4u << 20) const;
    /// Set when the client has gone away; long work looks at it now and then. [any-thread]
    virtual bool client_gone() const { return false; }
    virtual ~Request() = default;
};

} // namespace staithe::http
