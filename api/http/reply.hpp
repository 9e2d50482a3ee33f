// A reply as bytes, in the one form that every answer of this daemon has: Content-Type, Content-Length or chunked, Date
// and Server always, Connection only where it says something.
#pragma once

#include <string>

#include <Poco/Net/HTTPResponse.h>

#include "api/http/connection.hpp"
#include "api/http/responder.hpp"

namespace staithe::http {

enum class Close { Yes, No };

/// The whole reply to the message on the connection. `response` is Poco's for this message, or a fresh one.
std::string reply_text(Poco::Net::HTTPResponse& response, Connection const&, Reply const&, Close);
/// The head of a chunked reply (HTTP/1.1) or of one that ends with the connection (HTTP/1.0).
std::string stream_head(Poco::Net::HTTPResponse& response, Connection const&, int status, std::string_view type, Close);
/// The gate's own answer to something refused, before or without a route.
std::string refusal_text(Settings const&, Refusal const&, std::string_view method);

/// Appends one chunk of a chunked body; `bytes` must not be empty.
void put_chunk(std::string& out, std::string_view bytes);

/// Sends what leaves without waiting; gives how much did. STAITHE_IO or _UNAVAILABLE: the client is gone.
Result<size_t> send_now(int socket, std::string_view bytes);
/// Sends all, waiting for the client no longer than the deadline. [worker-thread]
Result<void> send_all(int socket, std::string_view bytes, Clock::time_point deadline);
/// Has the client closed (not merely half-closed) the connection? [any-thread]
bool is_gone(int socket);

} // namespace staithe::http
