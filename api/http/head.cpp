#include "api/http/head.hpp"

#include <algorithm>
#include <array>

namespace staithe::http {

namespace {

    constexpr std::array<std::string_view, 7> known_methods { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS",
        "PATCH" };

    bool is_token_char(char c)
    {
        constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || marks.find(c) != std::string_view::npos;
    }

    char lower(char c)
    {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }

    std::string_view trim(std::string_view s)
    {
        while (!s.empty() && (s.front() == ' ' || s.front() == '\t'))
            s.remove_prefix(1);
        while (!s.empty() && (s.back() == ' ' || s.back() == '\t'))
            s.remove_suffix(1);
        return s;
    }

    bool same(std::string_view a, std::string_view b)
    {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
    }

    /// Calls f with every member of a comma-separated list, empty ones included.
    template <class F> void each_member(std::string_view list, F f)
    {
        for (;;) {
            size_t const comma = list.find(',');
            f(trim(list.substr(0, comma)));
            if (comma == std::string_view::npos)
                return;
            list.remove_prefix(comma + 1);
        }
    }

    bool is_control(char c)
    {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    }

    std::optional<Refusal> bad(std::string_view reason)
    {
        return Refusal { 400, std::string(reason) };
    }

    std::optional<Refusal> check_version(std::string_view version, int& minor)
    {
        if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' || version[5] < '0'
            || version[5] > '9' || version[7] < '0' || version[7] > '9')
            return bad("malformed HTTP version");
        if (version != "HTTP/1.1" && version != "HTTP/1.0")
            return Refusal { 505, "only HTTP/1.1 and HTTP/1.0 are spoken here" };
        minor = version[7] - '0';
        return {};
    }

    std::optional<Refusal> decide_length(Head& head)
    {
        std::string_view const value = head.field("content-length");
        if (head.count("content-length") > 1)
            return bad("more than one Content-Length");
        if (value.empty() || value.size() > 18
            || !std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return bad("malformed Content-Length");
        for (char const c : value)
            head.length = head.length * 10 + static_cast<uint64_t>(c - '0');
        head.framing = Framing::Length;
        return {};
    }

    std::optional<Refusal> decide_chunked(Head& head)
    {
        if (head.count("content-length"))
            return bad("both Content-Length and Transfer-Encoding");
        if (head.count("transfer-encoding") > 1)
            return bad("more than one Transfer-Encoding");
        if (head.minor == 0)
            return bad("Transfer-Encoding in HTTP/1.0");
        std::string_view const value = head.field("transfer-encoding");
        if (same(value, "chunked")) {
            head.framing = Framing::Chunked;
            return {};
        }
        size_t chunked = 0;
        bool last = false, tokens = true;
        each_member(value, [&](std::string_view coding) {
            last = same(coding, "chunked");
            chunked += last;
            tokens = tokens && is_token(coding);
        });
        if (!tokens || !last || chunked != 1)
            return bad("malformed Transfer-Encoding");
        return Refusal { 501, "unknown transfer coding" };
    }

} // namespace

bool is_token(std::string_view s)
{
    return !s.empty() && std::all_of(s.begin(), s.end(), is_token_char);
}

std::string lower(std::string_view s)
{
    std::string out(s);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
    return out;
}

bool list_has(std::string_view list, std::string_view token)
{
    bool found = false;
    each_member(list, [&](std::string_view member) { found = found || same(member, token); });
    return found;
}

std::optional<std::pair<std::string, std::string>> parse_field_line(std::string_view line)
{
    size_t const colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return {};
    std::string_view const value = trim(line.substr(colon + 1));
    if (std::any_of(value.begin(), value.end(), is_control))
        return {};
    return std::pair { lower(line.substr(0, colon)), std::string(value) };
}

std::string_view Head::field(std::string_view name) const
{
    auto const found = std::find_if(fields.begin(), fields.end(), [&](auto const& f) { return f.first == name; });
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

size_t Head::count(std::string_view name) const
{
    return static_cast<size_t>(
        std::count_if(fields.begin(), fields.end(), [&](auto const& f) { return f.first == name; }));
}

void HeadParser::reset()
{
    *this = HeadParser();
}

HeadParser::Outcome HeadParser::parse(std::string_view input)
{
    for (; m_scanned < input.size(); ++m_scanned) {
        char const c = input[m_scanned];
        bool const after_cr = m_scanned > m_line_start && input[m_scanned - 1] == '\r';
        if (after_cr != (c == '\n'))
            return { {}, bad(after_cr ? "CR without LF" : "LF without CR") };
        if (c == '\n') {
            std::string_view const line = input.substr(m_line_start, m_scanned - 1 - m_line_start);
            m_line_start = m_scanned + 1;
            bool const leading = line.empty() && !m_has_request_line;
            if (auto refused = take_line(line))
                return { {}, refused };
            if (line.empty() && !leading) {
                ++m_scanned;
                return { m_line_start, finish() };
            }
            continue;
        }
        if (is_control(c) && c != '\r')
            return { {}, bad("control character in the head") };
        if (m_scanned >= limits.total)
            return { {}, Refusal { 431, "the head is too long" } };
        if (auto refused = check_partial_line(m_scanned + 1 - m_line_start))
            return { {}, refused };
    }
    return {};
}

std::optional<Refusal> HeadParser::check_partial_line(size_t size) const
{
    if (!m_has_request_line && size > limits.target + 32)
        return Refusal { 414, "the request target is too long" };
    if (m_has_request_line && size > limits.line)
        return Refusal { 431, "a header line is too long" };
    return {};
}

std::optional<Refusal> HeadParser::take_line(std::string_view line)
{
    if (!m_has_request_line) {
        // RFC 9112 §2.2: one empty line before the request line is forgiven.
        if (line.empty() && !m_blank_skipped) {
            m_blank_skipped = true;
            return {};
        }
        m_has_request_line = true;
        return take_request_line(line);
    }
    return line.empty() ? std::nullopt : take_field(line);
}

std::optional<Refusal> HeadParser::take_request_line(std::string_view line)
{
    size_t const first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return bad("malformed request line");
    m_head.method = line.substr(0, first);
    m_head.target = line.substr(first + 1, last - first - 1);
    if (!is_token(m_head.method) || m_head.target.empty())
        return bad("malformed request line");
    if (std::any_of(m_head.target.begin(), m_head.target.end(), [](char c) { return c <= ' ' || c == '#'; }))
        return bad("forbidden character in the request target");
    if (m_head.target.size() > limits.target)
        return Refusal { 414, "the request target is too long" };
    if (auto refused = check_version(line.substr(last + 1), m_head.minor))
        return refused;
    if (std::find(known_methods.begin(), known_methods.end(), m_head.method) == known_methods.end())
        return Refusal { 501, "unknown method" };
    m_head.text.append(line).append("\r\n");
    return {};
}

std::optional<Refusal> HeadParser::take_field(std::string_view line)
{
    if (line.front() == ' ' || line.front() == '\t')
        return bad("folded header line");
    auto field = parse_field_line(line);
    if (!field)
        return bad("malformed header line");
    if (field->first.size() > limits.name)
        return Refusal { 431, "a header name is too long" };
    if (m_head.fields.size() == limits.fields)
        return Refusal { 431, "too many header lines" };
    if (field->first != "expect")
        m_head.text.append(line).append("\r\n");
    m_head.fields.push_back(std::move(*field));
    return {};
}

std::optional<Refusal> HeadParser::finish()
{
    m_head.text.append("\r\n");
    if (m_head.count("host") > 1 || (m_head.minor == 1 && m_head.count("host") == 0))
        return bad("exactly one Host header is needed");
    if (m_head.count("transfer-encoding")) {
        if (auto refused = decide_chunked(m_head))
            return refused;
    } else if (m_head.count("content-length")) {
        if (auto refused = decide_length(m_head))
            return refused;
    }
    m_head.keep_alive = m_head.minor == 1;
    for (auto const& [name, value] : m_head.fields) {
        if (name != "connection")
            continue;
        if (list_has(value, "close"))
            m_head.keep_alive = false;
        else if (m_head.minor == 0 && list_has(value, "keep-alive"))
            m_head.keep_alive = true;
    }
    if (m_head.count("expect") && (m_head.count("expect") > 1 || !same(m_head.field("expect"), "100-continue")))
        return Refusal { 417, "unknown expectation" };
    m_head.expects_continue = m_head.minor == 1 && m_head.count("expect");
    return {};
}

} // namespace staithe::http
