#include "tests/unit/api/http/websocket_cases.hpp"

#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace staithe::http::test {

namespace {

    std::vector<std::string> split(std::string const& text, std::string const& by)
    {
        std::vector<std::string> out;
        for (size_t at = 0;;) {
            size_t const end = text.find(by, at);
            out.push_back(text.substr(at, end - at));
            if (end == std::string::npos)
                return out;
            at = end + by.size();
        }
    }

    char byte_of(std::string const& hex)
    {
        return static_cast<char>(std::stoul(hex, nullptr, 16));
    }

    std::string unescaped(std::string const& text)
    {
        std::string out;
        for (size_t i = 0; i < text.size(); ++i) {
            out.push_back(text[i] == '%' ? byte_of(text.substr(i + 1, 2)) : text[i]);
            i += text[i] == '%' ? 2 : 0;
        }
        return out;
    }

    std::string payload_of(std::string const& text)
    {
        std::string out;
        for (auto const& part : split(text, "&")) {
            bool const repeats = part.size() > 2 && part[1] == '*';
            out += repeats ? std::string(std::stoul(part.substr(2)), part[0]) : unescaped(part);
        }
        return out;
    }

    std::string close_payload(std::string const& text)
    {
        if (text.empty())
            return {};
        size_t const comma = text.find(',');
        unsigned long const code = std::stoul(text.substr(0, comma));
        std::string out { static_cast<char>(code >> 8), static_cast<char>(code & 0xff) };
        return comma == std::string::npos ? out : out + payload_of(text.substr(comma + 1));
    }

    std::string frame_of(std::string const& item)
    {
        static std::map<std::string, unsigned char> const opcodes { { "cont", 0 }, { "text", 1 }, { "bin", 2 },
            { "close", 8 }, { "ping", 9 }, { "pong", 10 } };
        size_t const colon = item.find(':');
        std::string const rest = item.substr(colon + 1);
        std::string kind = item.substr(0, colon), out;
        if (kind == "raw") {
            for (size_t i = 0; i < rest.size(); i += 2)
                out.push_back(byte_of(rest.substr(i, 2)));
            return out;
        }
        bool const goes_on = kind.back() == '+';
        if (goes_on)
            kind.pop_back();
        auto const first = static_cast<unsigned char>(opcodes.at(kind) | (goes_on ? 0 : 0x80));
        return client_frame(first, kind == "close" ? close_payload(rest) : payload_of(rest));
    }

    WebSocketCase case_of(std::string const& line)
    {
        auto const columns = split(line, " | ");
        if (columns.size() != 4)
            throw std::runtime_error("not four columns: " + line);
        WebSocketCase out;
        out.name = columns[0];
        for (auto const& item : split(columns[1], " "))
            out.bytes += frame_of(item);
        out.data = columns[2] == "-" ? "" : payload_of(columns[2]);
        if (columns[3] != "-")
            for (auto const& reply : split(columns[3], " "))
                out.replies.push_back(
                    reply.substr(0, reply.find(':') + 1) + payload_of(reply.substr(reply.find(':') + 1)));
        if (out.replies.empty() || !out.replies.back().starts_with("close:")) {
            out.bytes += client_close(1000);
            out.replies.push_back("close:1000");
        }
        return out;
    }

    uint64_t number(std::string_view bytes)
    {
        uint64_t out = 0;
        for (char const c : bytes)
            out = out << 8 | static_cast<unsigned char>(c);
        return out;
    }

    void take_frame(ServerFrames& out, unsigned char first, std::string const& payload)
    {
        out.well_formed = out.well_formed && (out.control.empty() || !out.control.back().starts_with("close:"));
        switch (first) {
        case 0x81:
            out.text += payload;
            ++out.text_frames;
            out.well_formed = out.well_formed && is_utf8(payload) && !payload.empty();
            break;
        case 0x88: out.control.push_back("close:" + (payload.empty() ? "" : std::to_string(number(payload)))); break;
        case 0x8a: out.control.push_back("pong:" + payload); break;
        default: out.well_formed = false;
        }
    }

} // namespace

std::vector<WebSocketCase> websocket_cases()
{
    std::ifstream file(WEBSOCKET_CASES);
    std::vector<WebSocketCase> out;
    for (std::string line; std::getline(file, line);)
        if (!line.empty() && line[0] != '#')
            out.push_back(case_of(line));
    return out;
}

std::string client_frame(unsigned char first, std::string_view payload)
{
    static std::array<unsigned char, 4> const mask { 0x37, 0xfa, 0x21, 0x3d };
    std::string out(1, static_cast<char>(first));
    size_t const size = payload.size();
    int const bytes = size <= 125 ? 0 : size <= 0xffff ? 2 : 8;
    out.push_back(static_cast<char>(0x80 | (bytes == 0 ? size : bytes == 2 ? 126 : 127)));
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(size >> shift & 0xff));
    for (unsigned char const c : mask)
        out.push_back(static_cast<char>(c));
    for (size_t i = 0; i < size; ++i)
        out.push_back(static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4]));
    return out;
}

std::string client_close(uint16_t code)
{
    return client_frame(0x88, close_payload(std::to_string(code)));
}

ServerFrames read_server_frames(std::string_view bytes)
{
    ServerFrames out;
    while (!bytes.empty() && out.well_formed) {
        size_t const mark = bytes.size() < 2 ? 0x80 : static_cast<unsigned char>(bytes[1]);
        size_t const extra = mark == 127 ? 8 : mark == 126 ? 2 : 0;
        if (mark > 127 || bytes.size() < 2 + extra) {
            out.well_formed = false;
            break;
        }
        uint64_t const size = extra ? number(bytes.substr(2, extra)) : mark;
        bool const shortest = extra == 0 || size > (extra == 2 ? 125u : 0xffffu);
        if (!shortest || bytes.size() - 2 - extra < size) {
            out.well_formed = false;
            break;
        }
        take_frame(out, static_cast<unsigned char>(bytes[0]), std::string(bytes.substr(2 + extra, size)));
        bytes.remove_prefix(2 + extra + size);
    }
    return out;
}

bool is_utf8(std::string_view s)
{
    for (size_t i = 0; i < s.size();) {
        auto const first = static_cast<unsigned char>(s[i]);
        size_t const size = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
        if (size == 0 || i + size > s.size())
            return false;
        uint32_t value = size == 1 ? first : first & (0xffu >> (size + 1));
        for (size_t j = 1; j < size; ++j) {
            auto const next = static_cast<unsigned char>(s[i + j]);
            if (next >> 6 != 2)
                return false;
            value = value << 6 | (next & 0x3f);
        }
        static uint32_t const smallest[] { 0, 0, 0x80, 0x800, 0x10000 };
        if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
            return false;
        i += size;
    }
    return true;
}

std::string join(std::vector<std::string> const& parts)
{
    std::ostringstream out;
    for (auto const& part : parts)
        out << part << ' ';
    return out.str();
}

} // namespace staithe::http::test
