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
    Short, ///< the gate reads the body (≤ 4 MiB) before a worker is engaged; longer: 413
    Upload ///< streamed, of any length, on the bounded lane of upload workers
};

struct Route {
    std::string method;
    std::string pattern; ///< "/containers/{name}/json"
    Handler handler;
    BodyLane lane = BodyLane::Short;
};

struct ApiRange {
    ApiVersion oldest, newest;
};

class Router {
public:
    explicit Router(ApiRange range)
        : m_range(range)
    {
    }
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
    };
    Match match(std::string_view method, std::string_view decoded_path) const;

private:
    ApiRange m_range;
    std::vector<Route> m_routes;
};

} // namespace staithe::http
