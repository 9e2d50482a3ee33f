// The opening handshake of RFC 6455 §4.2: who may turn a request into a WebSocket, and what is answered.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/http/head.hpp"

namespace staithe::http {

struct HandshakeOutcome {
    std::string head; ///< the 101 reply, with its empty line
    /// 400: no proper handshake; 426: another version than 13; 403: no Origin, or one that is no URL. A page that names
    /// its Origin honestly has been held to the rules of TCP listeners before (host_rules.hpp).
    std::optional<Refusal> refused;
};

/// Neither subprotocols nor extensions are negotiated, whatever is offered.
HandshakeOutcome answer_handshake(Head const&);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string accept_key(std::string_view key);

} // namespace staithe::http
