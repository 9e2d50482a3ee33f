// Writes JSON as the daemons of 2013 did: fixed key order, no spaces, Go's escapes. A value tree would cost more than
// the answer itself, so this appends straight to a string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace staithe::wire {

/// Commas and escapes are the writer's affair, balance is the caller's. Not thread-safe; borrows the string.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out)
        : m_out(out)
    {
    }

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }

    /// Keys of maps and objects are escaped like any text.
    void key(std::string_view);
    /// Bytes that are not UTF-8 become U+FFFD.
    void text(std::string_view);
    void number(int64_t);
    void boolean(bool);
    void null();

private:
    void open(char bracket);
    void close(char bracket);
    void separate()
    {
        if (m_comma)
            m_out += ',';
    }
    void quoted(std::string_view);

    std::string& m_out;
    bool m_comma = false;
};

} // namespace staithe::wire
