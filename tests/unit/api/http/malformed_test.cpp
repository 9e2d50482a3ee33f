// Everything that must be refused. After each row a valid request follows in the same packet; it must never be
// answered.
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http::test;

namespace {

struct Row {
    char const* section; ///< of RFC 9112, or what else forbids it
    char const* what;
    std::string bytes;
};

std::string get(std::string const& fields)
{
    return "GET /version HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}
std::string post(std::string const& fields, std::string const& body)
{
    return "POST /echo HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body;
}
std::string chunked(std::string const& body)
{
    return post("Transfer-Encoding: chunked\r\n", body);
}
std::string line(std::string const& request_line)
{
    return request_line + "\r\nHost: x\r\n\r\n";
}
std::string repeat(std::string const& s, int count)
{
    std::string out;
    for (int i = 0; i < count; ++i)
        out += s;
    return out;
}

using namespace std::string_literals;

// Framing: where the body ends.
std::vector<Row> const framing_rows {
    { "6.1", "Content-Length and Transfer-Encoding",
        post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") },
    { "6.1", "Transfer-Encoding and Content-Length",
        post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n") },
    { "6.1", "Content-Length 0 and chunked", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") },
    { "6.1", "Transfer-Encoding in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
    { "6.1", "HTTP/1.0 keep-alive with chunked",
        "POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
    { "6.1", "two Transfer-Encoding fields",
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") },
    { "6.1", "chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n") },
    { "6.1", "chunked not last", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n") },
    { "6.1", "chunked then gzip", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n") },
    { "6.1", "unknown coding before chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n") },
    { "6.3", "identity alone", post("Transfer-Encoding: identity\r\n", "0\r\n\r\n") },
    { "6.3", "gzip alone", post("Transfer-Encoding: gzip\r\n", "0\r\n\r\n") },
    { "6.3", "xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n") },
    { "6.3", "chunkedx", post("Transfer-Encoding: chunkedx\r\n", "0\r\n\r\n") },
    { "6.3", "quoted chunked", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n") },
    { "6.3", "chunked with parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n") },
    { "6.3", "empty Transfer-Encoding", post("Transfer-Encoding:\r\n", "0\r\n\r\n") },
    { "6.3", "empty member", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n") },
    { "6.3", "trailing comma", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n") },
    { "6.3", "vertical tab before chunked", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n") },
    { "5.1", "space before the colon of Transfer-Encoding", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n") },
    { "5.1", "space before the colon of Content-Length", post("Content-Length : 5\r\n", "hello") },
    { "5.1", "tab before the colon", post("Content-Length\t: 5\r\n", "hello") },
    { "6.3", "two different Content-Length", post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab") },
    { "6.3", "two equal Content-Length", post("Content-Length: 2\r\nContent-Length: 2\r\n", "ab") },
    { "6.3", "Content-Length list", post("Content-Length: 3, 3\r\n", "abc") },
    { "6.2", "plus sign", post("Content-Length: +3\r\n", "abc") },
    { "6.2", "minus sign", post("Content-Length: -1\r\n", "abc") },
    { "6.2", "hexadecimal", post("Content-Length: 0x3\r\n", "abc") },
    { "6.2", "letters after digits", post("Content-Length: 3a\r\n", "abc") },
    { "6.2", "decimal point", post("Content-Length: 3.0\r\n", "abc") },
    { "6.2", "inner space", post("Content-Length: 1 2\r\n", "abc") },
    { "6.2", "underscore", post("Content-Length: 1_0\r\n", "0123456789") },
    { "6.2", "quoted", post("Content-Length: \"3\"\r\n", "abc") },
    { "6.2", "empty Content-Length", post("Content-Length:\r\n", "") },
    { "6.2", "blank Content-Length", post("Content-Length:  \t\r\n", "") },
    { "6.2", "twenty digits", post("Content-Length: 18446744073709551617\r\n", "a") },
    { "6.2", "2^64", post("Content-Length: 18446744073709551616\r\n", "") },
    { "6.2", "2^63", post("Content-Length: 9223372036854775808\r\n", "") },
    { "6.2", "Unicode digits", post("Content-Length: \xd9\xa3\r\n", "abc") },
    { "6.2", "NUL in Content-Length", post("Content-Length: 3\0\r\n"s, "abc") },
    { "6.3", "body shorter than Content-Length", post("Content-Length: 5000\r\n", "abc") },
    { "7.1", "underscore in chunk size", chunked("5_0\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "0x in chunk size", chunked("0x5\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "negative chunk size", chunked("-1\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "plus in chunk size", chunked("+5\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "space before chunk size", chunked(" 5\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "tab before chunk size", chunked("\t5\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "space after chunk size", chunked("5 \r\nhello\r\n0\r\n\r\n") },
    { "7.1", "not hexadecimal", chunked("g\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "empty chunk size", chunked("\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "decimal point in chunk size", chunked("5.0\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "sixteen digits", chunked("0000000000000005\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "seventeen digits", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "all ones", chunked("ffffffffffffffff\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "NUL in chunk size", chunked("5\0\r\nhello\r\n0\r\n\r\n"s) },
    { "7.1", "bare LF after chunk size", chunked("5\nhello\r\n0\r\n\r\n") },
    { "7.1", "bare CR after chunk size", chunked("5\rhello\r\n0\r\n\r\n") },
    { "7.1", "CR CR LF after chunk size", chunked("5\r\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "LF CR after chunk size", chunked("5\n\rhello\r\n0\r\n\r\n") },
    { "7.1", "missing CRLF after chunk data", chunked("5\r\nhello0\r\n\r\n") },
    { "7.1", "bare LF after chunk data", chunked("5\r\nhello\n0\r\n\r\n") },
    { "7.1", "bare CR after chunk data", chunked("5\r\nhello\r0\r\n\r\n") },
    { "7.1", "chunk longer than its size", chunked("4\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "chunk shorter than its size", chunked("6\r\nhello\r\n0\r\n\r\n") },
    { "7.1", "last chunk ended by bare LF", chunked("5\r\nhello\r\n0\n\n") },
    { "7.1", "body ends with the size of a chunk", chunked("5\r\nhello\r\n0") },
    { "7.1.1", "extension without name", chunked("5;\r\nhello\r\n0\r\n\r\n") },
    { "7.1.1", "extension without semicolon", chunked("5 a=b\r\nhello\r\n0\r\n\r\n") },
    { "7.1.1", "extension with control character", chunked("5;a=\x01\r\nhello\r\n0\r\n\r\n") },
    { "7.1.1", "extension with LF", chunked("5;a\nhello\r\n0\r\n\r\n") },
    { "7.1.1", "extension without value", chunked("5;a=\r\nhello\r\n0\r\n\r\n") },
    { "7.1.1", "unterminated quoted value", chunked("5;a=\"b\r\nhello\r\n0\r\n\r\n") },
    { "7.1.1", "extension flood", chunked("5;" + std::string(5000, 'a') + "\r\nhello\r\n0\r\n\r\n") },
    { "7.1.2", "trailer without colon", chunked("0\r\nbad\r\n\r\n") },
    { "7.1.2", "trailer with space before the colon", chunked("0\r\nA : b\r\n\r\n") },
    { "7.1.2", "trailer ended by bare LF", chunked("0\r\nA: b\n\r\n") },
    { "7.1.2", "folded trailer", chunked("0\r\nA: b\r\n c\r\n\r\n") },
    { "7.1.2", "Content-Length as trailer", chunked("0\r\nContent-Length: 5\r\n\r\n") },
    { "7.1.2", "Transfer-Encoding as trailer", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n") },
    { "7.1.2", "trailer flood", chunked("0\r\n" + repeat("A: bbbbbbbbbbbbbbbbbbbb\r\n", 1000) + "\r\n") },
};

std::vector<Row> const request_line_rows {
    { "2.2", "bare LF after the request line", "GET /version HTTP/1.1\nHost: x\r\n\r\n" },
    { "2.2", "bare LF everywhere", "GET /version HTTP/1.1\nHost: x\n\n" },
    { "2.2", "bare CR after the request line", "GET /version HTTP/1.1\rHost: x\r\n\r\n" },
    { "2.2", "bare CR inside the request line", line("GET /ver\rsion HTTP/1.1") },
    { "2.2", "CR CR LF", "GET /version HTTP/1.1\r\r\nHost: x\r\n\r\n" },
    { "2.2", "white space before the first field", "GET /version HTTP/1.1\r\n Host: x\r\n\r\n" },
    { "2.2", "two empty lines first", "\r\n\r\nGET /version HTTP/1.1\r\nHost: x\r\n\r\n" },
    { "2.2", "bare LF first", "\nGET /version HTTP/1.1\r\nHost: x\r\n\r\n" },
    { "3", "HTTP/0.9", "GET /version\r\n" },
    { "3", "leading space", line(" GET /version HTTP/1.1") },
    { "3", "two spaces after the method", line("GET  /version HTTP/1.1") },
    { "3", "two spaces before the version", line("GET /version  HTTP/1.1") },
    { "3", "tab instead of space", line("GET\t/version\tHTTP/1.1") },
    { "3", "space inside the target", line("GET /ver sion HTTP/1.1") },
    { "3", "trailing space", line("GET /version HTTP/1.1 ") },
    { "3", "no target", line("GET HTTP/1.1") },
    { "3", "only a method", line("GET") },
    { "3", "no method", line("/version HTTP/1.1") },
    { "3.1", "lower-case method", line("get /version HTTP/1.1") },
    { "3.1", "mixed-case method", line("Get /version HTTP/1.1") },
    { "3.1", "unknown method", line("MKCOLA /version HTTP/1.1") },
    { "3.1", "CONNECT", line("CONNECT x:80 HTTP/1.1") },
    { "3.1", "TRACE", line("TRACE /version HTTP/1.1") },
    { "3.1", "NUL in method", line("GET\0 /version HTTP/1.1"s) },
    { "3.1", "colon in method", line("GE:T /version HTTP/1.1") },
    { "3.1", "UTF-8 in method", line("G\xc3\x89T /version HTTP/1.1") },
    { "3.2", "relative target", line("GET version HTTP/1.1") },
    { "3.2", "fragment", line("GET /version#a HTTP/1.1") },
    { "3.2", "asterisk with GET", line("GET * HTTP/1.1") },
    { "3.2", "authority form", line("GET x:80 HTTP/1.1") },
    { "3.2.2", "absolute form of another scheme", line("GET ftp://x/version HTTP/1.1") },
    { "3.2.2", "absolute form without host", line("GET http:///version HTTP/1.1") },
    { "3.2.2", "absolute form with user", line("GET http://a@x/version HTTP/1.1") },
    { "3.2", "UTF-8 in the target", line("GET /v\xc3\xa9rsion HTTP/1.1") },
    { "3.2", "DEL in the target", line("GET /ver\x7fsion HTTP/1.1") },
    { "3.2", "NUL in the target", line("GET /ver\0sion HTTP/1.1"s) },
    { "3.2", "backslash", line("GET /containers\\json HTTP/1.1") },
    { "2.3", "lower-case version", line("GET /version http/1.1") },
    { "2.3", "HTTP/1.9", line("GET /version HTTP/1.9") },
    { "2.3", "HTTP/2.0", line("GET /version HTTP/2.0") },
    { "2.3", "HTTP/0.9 named", line("GET /version HTTP/0.9") },
    { "2.3", "HTTP/1", line("GET /version HTTP/1") },
    { "2.3", "HTTP/1.10", line("GET /version HTTP/1.10") },
    { "2.3", "HTTP/11.1", line("GET /version HTTP/11.1") },
    { "2.3", "HTTP/01.1", line("GET /version HTTP/01.1") },
    { "2.3", "HTTP/+1.1", line("GET /version HTTP/+1.1") },
    { "2.3", "HTTP/1,1", line("GET /version HTTP/1,1") },
    { "2.3", "space in the version", line("GET /version HTTP/ 1.1") },
    { "2.3", "HTTPS/1.1", line("GET /version HTTPS/1.1") },
    { "2.3", "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
    { "path", "%zz", line("GET /%zz HTTP/1.1") },
    { "path", "cut escape", line("GET /a% HTTP/1.1") },
    { "path", "half an escape", line("GET /a%4 HTTP/1.1") },
    { "path", "%00", line("GET /version%00 HTTP/1.1") },
    { "path", "%0d%0a", line("GET /version%0d%0aX:1 HTTP/1.1") },
    { "path", "overlong UTF-8", line("GET /%c0%ae%c0%ae/version HTTP/1.1") },
    { "path", "lone continuation byte", line("GET /%80 HTTP/1.1") },
    { "path", "escaped dots", line("GET /containers/%2e%2e/version HTTP/1.1") },
    { "path", "escaped dots and slash", line("GET /containers/%2e%2e%2fversion/json HTTP/1.1") },
    { "path", "escaped slash, plain dots", line("GET /containers/..%2fversion/json HTTP/1.1") },
    { "path", "%00 in the query", line("GET /version?a=%00 HTTP/1.1") },
    { "path", "%zz in the query", line("GET /version?a=%zz HTTP/1.1") },
    { "path", "a value in the query that is not UTF-8", line("GET /version?a=caf%e9 HTTP/1.1") },
    { "path", "a key in the query that is not UTF-8", line("GET /version?%ff=a HTTP/1.1") },
    { "limit", "target over 8 KiB", line("GET /" + std::string(9000, 'a') + " HTTP/1.1") },
    { "limit", "target of 1 MiB", line("GET /" + std::string(1u << 20, 'a') + " HTTP/1.1") },
    { "limit", "endless first line", std::string(100'000, 'A') },
    { "other", "SMTP", "EHLO mail.example\r\nMAIL FROM:<a@b>\r\n" },
    { "other", "TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s },
    { "other", "Redis", "*1\r\n$4\r\nPING\r\n" },
    { "other", "FTP", "USER anonymous\r\n" },
    { "other", "SSH", "SSH-2.0-OpenSSH_9.2\r\n" },
};

std::vector<Row> const field_rows {
    { "3.2", "no Host", "GET /version HTTP/1.1\r\n\r\n" },
    { "3.2", "two Hosts", "GET /version HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n" },
    { "3.2", "two Hosts in HTTP/1.0", "GET /version HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n" },
    { "5", "no colon", get("Broken\r\n") },
    { "5", "empty name", get(": value\r\n") },
    { "5.1", "space in the name", get("A B: c\r\n") },
    { "5.1", "space before the colon", get("A : c\r\n") },
    { "5.1", "parenthesis in the name", get("A(b): c\r\n") },
    { "5.1", "NUL in the name", get("A\0: c\r\n"s) },
    { "5.1", "UTF-8 in the name", get("\xc3\xa9: c\r\n") },
    { "5.1", "control character in the name", get("A\x02: c\r\n") },
    { "5.2", "obs-fold", get("A: b\r\n c\r\n") },
    { "5.2", "obs-fold with tab", get("A: b\r\n\tc\r\n") },
    { "5.2", "fold of the framing field", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n") },
    { "5.2", "line of blanks", get("A: b\r\n \r\n") },
    { "5.5", "NUL in the value", get("A: b\0c\r\n"s) },
    { "5.5", "bare CR in the value", get("A: b\rc\r\n") },
    { "5.5", "bare LF after a field", get("A: b\nC: d\r\n") },
    { "5.5", "control character in the value", get("A: b\x01\r\n") },
    { "5.5", "DEL in the value", get("A: b\x7f\r\n") },
    { "5.5", "escape character in the value", get("A: \x1b[2J\r\n") },
    { "2.1", "head ended by LF LF", "GET /version HTTP/1.1\r\nHost: x\r\n\n" },
    { "2.1", "head ended by CR", "GET /version HTTP/1.1\r\nHost: x\r\n\r" },
    { "limit", "101 fields", get(repeat("A: b\r\n", 101)) },
    { "limit", "line over 8 KiB", get("A: " + std::string(9000, 'b') + "\r\n") },
    { "limit", "line of 64 KiB", get("A: " + std::string(65536, 'b') + "\r\n") },
    { "limit", "head over 64 KiB", get(repeat("A: " + std::string(1000, 'b') + "\r\n", 70)) },
    { "limit", "name over 256 bytes", get(std::string(300, 'a') + ": b\r\n") },
    { "9110 10.1.1", "unknown expectation", post("Expect: 200-ok\r\nContent-Length: 2\r\n", "ab") },
    { "9110 10.1.1", "two expectations",
        post("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 2\r\n", "ab") },
    { "9110 10.1.1", "expectation list", post("Expect: 100-continue, x\r\nContent-Length: 2\r\n", "ab") },
    { "8", "head cut short", "GET /version HTTP/1.1\r\nHo" },
};

size_t count_replies(std::string const& all)
{
    size_t count = 0;
    for (size_t at = 0; (at = all.find("\r\nServer: ", at)) != std::string::npos; ++at)
        ++count;
    return count;
}

constexpr char canary[] = "GET /canary HTTP/1.1\r\nHost: x\r\n\r\n";

void check_refused(TestServer& server, Row const& row)
{
    int const handled = server.handled;
    auto client = server.client();
    client.send(row.bytes + canary);
    client.half_close();
    std::string const all = client.receive_all();
    std::string const name = std::string(row.section) + " " + row.what + ": " + all.substr(0, 200);
    bool const refused = all.starts_with("HTTP/1.1 4") || all.starts_with("HTTP/1.1 5");
    BOOST_CHECK_MESSAGE(refused, name);
    BOOST_CHECK_MESSAGE(count_replies(all) == 1, "answered twice: " + name);
    BOOST_CHECK_MESSAGE(all.find("Connection: close\r\n") != std::string::npos, "not closed: " + name);
    BOOST_CHECK_MESSAGE(server.canaries == 0, "smuggled: " + name);
    BOOST_CHECK_MESSAGE(server.handled == handled, "reached a handler: " + name);
}

void check_all(std::vector<Row> const& rows)
{
    TestServer server;
    for (auto const& row : rows)
        check_refused(server, row);
    BOOST_TEST_MESSAGE(rows.size() << " malformed requests refused");
    BOOST_TEST(server.ask("GET /version HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
}

} // namespace

BOOST_AUTO_TEST_SUITE(malformed)

BOOST_AUTO_TEST_CASE(framing_is_never_guessed)
{
    check_all(framing_rows);
}

BOOST_AUTO_TEST_CASE(request_lines_are_refused)
{
    check_all(request_line_rows);
}

BOOST_AUTO_TEST_CASE(header_fields_are_refused)
{
    check_all(field_rows);
}

BOOST_AUTO_TEST_CASE(there_are_at_least_120_rows)
{
    BOOST_TEST(framing_rows.size() + request_line_rows.size() + field_rows.size() >= 120u);
}

/// The same rows, one byte at a time where they are short: state between reads must not change the verdict.
BOOST_AUTO_TEST_CASE(framing_is_never_guessed_byte_by_byte)
{
    TestServer server;
    for (auto const& row : framing_rows) {
        if (row.bytes.size() > 200)
            continue;
        auto client = server.client();
        for (char const c : row.bytes + canary)
            if (!client.send(std::string_view(&c, 1)))
                break;
        client.half_close();
        std::string const all = client.receive_all();
        BOOST_CHECK_MESSAGE(count_replies(all) == 1 && !all.starts_with("HTTP/1.1 2"), row.what);
    }
    BOOST_TEST(server.canaries == 0);
    BOOST_TEST(server.handled == 0);
}

BOOST_AUTO_TEST_SUITE_END()
