#include "daemon/log/json_lines.hpp"

#include <cstdio>
#include <ctime>

#include "daemon/log/reader.hpp"

namespace staithe::log {

namespace {

    constexpr size_t flush_bytes = 64u << 10;

    bool continues(std::string_view bytes, size_t at, unsigned char low = 0x80, unsigned char high = 0xBF)
    {
        if (at >= bytes.size())
            return false;
        auto const byte = static_cast<unsigned char>(bytes[at]);
        return byte >= low && byte <= high;
    }

    // How many bytes the UTF-8 sequence at `at` has; 0: it is none (Unicode 15, table 3-7).
    size_t sequence_length(std::string_view bytes, size_t at)
    {
        auto const first = static_cast<unsigned char>(bytes[at]);
        if (first < 0x80)
            return 1;
        if (first >= 0xC2 && first <= 0xDF)
            return continues(bytes, at + 1) ? 2 : 0;
        if (first >= 0xE0 && first <= 0xEF) {
            unsigned char const low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
            return continues(bytes, at + 1, low, high) && continues(bytes, at + 2) ? 3 : 0;
        }
        if (first >= 0xF0 && first <= 0xF4) {
            unsigned char const low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
            return continues(bytes, at + 1, low, high) && continues(bytes, at + 2) && continues(bytes, at + 3) ? 4 : 0;
        }
        return 0;
    }

    void put_ascii(std::string& out, char c)
    {
        switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
        }
        if (static_cast<unsigned char>(c) >= 0x20) {
            out += c;
            return;
        }
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += escape;
    }

    void put_text(std::string& out, std::string_view bytes)
    {
        for (size_t at = 0; at < bytes.size();) {
            size_t const length = sequence_length(bytes, at);
            if (length == 1)
                put_ascii(out, bytes[at]);
            else if (length == 0)
                out += "\xEF\xBF\xBD";
            else
                out.append(bytes, at, length);
            at += length ? length : 1;
        }
    }

    void put_time(std::string& out, int64_t time_ns)
    {
        time_t const seconds = time_ns / 1'000'000'000;
        tm parts {};
        gmtime_r(&seconds, &parts);
        char text[40];
        size_t const size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
        out.append(text, size);
        std::snprintf(text, sizeof text, ".%09ldZ", static_cast<long>(time_ns % 1'000'000'000));
        out += text;
    }

} // namespace

void JsonLines::add(Record const& record, std::string& out)
{
    auto& line = pending(record.header.stream);
    std::string_view rest = record.bytes;
    while (!rest.empty()) {
        size_t const feed = rest.find('\n');
        size_t const piece = feed == std::string_view::npos ? rest.size() : feed + 1;
        if (line.bytes.empty())
            line.time_ns = record.header.time_ns;
        line.bytes.append(rest, 0, piece);
        rest.remove_prefix(piece);
        if (feed != std::string_view::npos || line.bytes.size() >= max_line_bytes)
            flush(record.header.stream, out);
    }
}

void JsonLines::flush(Stream stream, std::string& out)
{
    auto& line = pending(stream);
    out += "{\"log\":\"";
    put_text(out, line.bytes);
    out += stream == Stream::Err ? "\",\"stream\":\"stderr\",\"time\":\"" : "\",\"stream\":\"stdout\",\"time\":\"";
    put_time(out, line.time_ns);
    out += "\"}\n";
    line.bytes.clear();
}

void JsonLines::finish(std::string& out)
{
    for (auto const stream : { Stream::Out, Stream::Err })
        if (!pending(stream).bytes.empty())
            flush(stream, out);
}

Result<void> write_json_lines(int directory, Sink& sink)
{
    auto reader = STAITHE_TRY(Reader::whole(directory));
    JsonLines lines;
    std::string out;
    Record record;
    while (STAITHE_TRY(reader.next(record))) {
        lines.add(record, out);
        if (out.size() < flush_bytes)
            continue;
        STAITHE_TRY(sink.write(out.data(), out.size()));
        out.clear();
    }
    lines.finish(out);
    return sink.write(out.data(), out.size());
}

} // namespace staithe::log
