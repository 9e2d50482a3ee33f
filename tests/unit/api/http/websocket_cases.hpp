// The table of RFC 6455 cases as the tests use it, and WebSocket frames from a client's point of view.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace staithe::http::test {

struct WebSocketCase {
    std::string name;
    std::string bytes; ///< what the client sends, to its last frame
    std::string data; ///< what must arrive
    std::vector<std::string> replies; ///< control frames in order: "pong:payload", "close:1000"
};

/// websocket_cases.txt.
std::vector<WebSocketCase> websocket_cases();

/// One frame as a client sends it. first: FIN, RSV and opcode.
std::string client_frame(unsigned char first, std::string_view payload);
std::string client_close(uint16_t code);

/// What a server sent: the payloads of its text frames together, and the control frames as in WebSocketCase.
struct ServerFrames {
    std::string text;
    std::vector<std::string> control;
    size_t text_frames = 0;
    bool well_formed = true; ///< final, unmasked, shortest lengths, each text frame valid UTF-8, nothing after a Close
};
ServerFrames read_server_frames(std::string_view bytes);

/// An independent judgement of UTF-8, slow and obvious.
bool is_utf8(std::string_view);

std::string join(std::vector<std::string> const&);

} // namespace staithe::http::test
