// Who may talk to us over TCP, as far as a browser can be told from a client: Host, Origin, Sec-Fetch-Site and the
// content types that a web page can send without being asked (security goals: rebinding, cross-site requests).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/http/head.hpp"
#include "api/http/target.hpp"

namespace staithe::http {

/// The refusal for a request on a TCP listener, if it earns one. A unix socket needs none of this.
std::optional<Refusal> check_tcp_request(
    Head const&, Target const&, bool loopback_peer, std::vector<std::string> const& allowed_hosts);

} // namespace staithe::http
