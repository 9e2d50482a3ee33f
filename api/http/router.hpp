// From method and path to a handler.
//
// A path may begin with a version prefix "/v<number>"; the rest is matched against the routes. {name} is greedy and may
// contain '/' and ':', as in /images/localhost:5000/foo/json.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/request.hpp"
#include "api/http/responder.hpp"

namespace staithe::http {

using Handler = std::function<void(Request&, Responder&)>;

enum class BodyLane {
    Quick, ///< like Short, with workers of its own: for handlers that wait for nothing, whatever the others wait for
    Short, ///< the gate reads the body (≤ 4 MiB) before a worker is engaged; longer: 413
    Upload ///< streamed, of any length, on the bounded lane of upload workers; also for what works for minutes
};

struct Route {
    std::string method;
    std::string pattern; ///< "/containers/{name}/json"
    Handler handler;
    BodyLane lane = BodyLane::Short;
    /// The handler answers with hijack(): the request has no body whatever its headers say, everything after the head
    /// is early data, and the connection ends with the reply if the handler answers otherwise.
    bool hijacks = false;
};

struct ApiRange {
    ApiVersion oldest, newest;
};

class Router {
public:
    /// Stands in a decoded path for a '/' that was escaped: part of a name, never a separator.
    static constexpr char escaped_slash = '\x01';

    explicit Router(ApiRange range)
        : m_range(range)
    {
    }
    /// Earlier routes win where two match.
    void add(Route);

    /// The answer for a decoded path.
    struct Match {
        Route const* route = nullptr;
        ApiVersion version;
        bool has_version = false;
        std::string path, name;
        /// When route is null: 404 with "404 page not found\n", 404 with an empty body (a version not served), 301 to
        /// `location` (the path was not canonical), or 200 (OPTIONS).
        int status = 404;
        bool empty_body = false;
        std::string location;
        std::string text; ///< a better explanation than "404 page not found\n", when there is one
        bool handled = false; ///< the old daemons' handlers were reached: such answers carry the CORS headers
    };
    /// decoded_path: canonical, with escaped_slash for escaped slashes. [any-thread]
    Match match(std::string_view method, std::string_view decoded_path) const;

private:
    Route const* find(std::string_view method, std::string_view path, std::string& name) const;

    ApiRange m_range;
    std::vector<Route> m_routes;
};

} // namespace staithe::http
