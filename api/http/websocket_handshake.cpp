#include "api/http/websocket_handshake.hpp"

#include <algorithm>

#include <Poco/SHA1Engine.h>

namespace staithe::http {

namespace {

    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    std::string base64(Poco::DigestEngine::Digest const& bytes)
    {
        std::string out;
        for (size_t i = 0; i < bytes.size(); i += 3) {
            unsigned group = 0;
            for (size_t j = 0; j < 3; ++j)
                group = group << 8 | (i + j < bytes.size() ? bytes[i + j] : 0u);
            for (size_t j = 0; j < 4; ++j)
                out.push_back(i + j <= bytes.size() ? alphabet[group >> (18 - 6 * j) & 63] : '=');
        }
        return out;
    }

    bool has_token(Head const& head, std::string_view name, std::string_view token)
    {
        return std::any_of(head.fields.begin(), head.fields.end(),
            [&](auto const& field) { return field.first == name && list_has(field.second, token); });
    }

    /// 16 bytes are 22 digits and two '='.
    bool is_key(std::string_view key)
    {
        return key.size() == 24 && key.ends_with("==") && key.find_first_not_of(alphabet) == 22;
    }

    bool is_scheme(std::string_view s)
    {
        auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        return !s.empty() && is_letter(s.front()) && std::all_of(s.begin(), s.end(), [&](char c) {
            return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        });
    }

    /// "scheme://authority…"; the authority is empty only where that is usual ("file://"). "null" is none.
    bool is_url(std::string_view origin)
    {
        size_t const end = origin.find("://");
        if (end == std::string_view::npos || !is_scheme(origin.substr(0, end)))
            return false;
        std::string_view const rest = origin.substr(end + 3), authority = rest.substr(0, rest.find_first_of("/?#"));
        bool const printable = std::all_of(rest.begin(), rest.end(),
            [](char c) { return c > ' ' && c != 0x7f && c != '"' && c != '<' && c != '>' && c != '\\'; });
        return printable && (!authority.empty() || lower(origin.substr(0, end)) == "file");
    }

    std::optional<Refusal> judge(Head const& head)
    {
        if (head.method != "GET" || head.minor == 0)
            return Refusal { 400, "a WebSocket handshake is a GET of HTTP/1.1" };
        if (head.framing == Framing::Chunked || head.length > 0)
            return Refusal { 400, "a WebSocket handshake has no body" };
        if (!has_token(head, "connection", "upgrade") || !has_token(head, "upgrade", "websocket"))
            return Refusal { 400,
                "not a WebSocket handshake: 'Connection: Upgrade' and 'Upgrade: websocket' are needed" };
        if (head.count("sec-websocket-version") > 1)
            return Refusal { 400, "more than one Sec-WebSocket-Version" };
        if (head.field("sec-websocket-version") != "13")
            return Refusal { 426, "only version 13 of the WebSocket protocol is spoken here" };
        if (head.count("sec-websocket-key") != 1 || !is_key(head.field("sec-websocket-key")))
            return Refusal { 400, "Sec-WebSocket-Key must be 16 bytes in base64" };
        if (head.count("origin") != 1 || !is_url(head.field("origin")))
            return Refusal { 403, "a WebSocket needs an Origin that is a URL" };
        return {};
    }

} // namespace

std::string accept_key(std::string_view key)
{
    Poco::SHA1Engine engine;
    engine.update(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    return base64(engine.digest());
}

HandshakeOutcome answer_handshake(Head const& head)
{
    if (auto refused = judge(head))
        return { {}, std::move(refused) };
    return { "HTTP/1.1 101 Switching Protocols\r\n"
             "Upgrade: websocket\r\n"
             "Connection: Upgrade\r\n"
             "Sec-WebSocket-Accept: "
            + accept_key(head.field("sec-websocket-key")) + "\r\n\r\n",
        {} };
}

} // namespace staithe::http
