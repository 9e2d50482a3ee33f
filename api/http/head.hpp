// The head of a request, read line by line as its bytes arrive and judged by RFC 9112: what is not plainly right is
// refused, never repaired. The body's framing is decided here and nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace staithe::http {

/// Why a request is not served; the connection is closed after the reply.
struct Refusal {
    int status = 400;
    std::string reason; ///< one line, for the client and the log
};

/// Where the body ends.
enum class Framing { None, Length, Chunked };

struct Head {
    using Fields = std::vector<std::pair<std::string, std::string>>;

    std::string method, target;
    int minor = 1; ///< of HTTP/1.x
    Fields fields; ///< names in lower case, in order
    Framing framing = Framing::None;
    uint64_t length = 0; ///< with Framing::Length
    bool keep_alive = true;
    bool expects_continue = false;
    std::string text; ///< what Poco gets to read: the lines as they came, without Expect

    /// The first value of a field, or an empty text; name in lower case.
    std::string_view field(std::string_view name) const;
    size_t count(std::string_view name) const;
};

struct HeadLimits {
    size_t target = 8192, line = 8192, name = 256, total = 65536, fields = 100;
};

/// Reads one head. Not thread-safe; one per connection, reset() between requests.
class HeadParser {
public:
    /// Looks at the bytes of `input` that it has not seen yet (`input` only grows between calls).
    /// Gives the number of bytes the head takes once it is complete, nothing while more must come.
    /// After a Refusal the parser must not be used again.
    struct Outcome {
        std::optional<size_t> complete;
        std::optional<Refusal> refused;
    };
    Outcome parse(std::string_view input);
    Head const& head() const { return m_head; }
    void reset();
    static constexpr HeadLimits limits {};

private:
    std::optional<Refusal> check_partial_line(size_t size) const;
    std::optional<Refusal> take_line(std::string_view line);
    std::optional<Refusal> take_request_line(std::string_view line);
    std::optional<Refusal> take_field(std::string_view line);
    std::optional<Refusal> finish();

    Head m_head;
    size_t m_scanned = 0, m_line_start = 0;
    bool m_blank_skipped = false, m_has_request_line = false;
};

/// A field line "name: value" of a head or a trailer; nothing when RFC 9112 §5 forbids it.
std::optional<std::pair<std::string, std::string>> parse_field_line(std::string_view line);

bool is_token(std::string_view);
std::string lower(std::string_view);
/// Is `token` a member of a comma-separated list, in any case?
bool list_has(std::string_view list, std::string_view token);

} // namespace staithe::http
