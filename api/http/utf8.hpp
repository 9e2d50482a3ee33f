// UTF-8 (RFC 3629) across cuts: judging what a client calls text, and making text of what a container prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace staithe::http {

/// Follows a text byte by byte: no overlong form, no surrogate, nothing beyond U+10FFFF.
class Utf8Scanner {
public:
    enum class Step {
        Complete, ///< the byte ends a character
        Partial, ///< the character goes on
        Invalid ///< the byte cannot stand here; the scanner stands before a new character
    };
    Step step(unsigned char);
    /// How many of the bytes are right, counted up to the first that cannot stand where it does.
    size_t accept(std::string_view);
    bool at_boundary() const { return m_left == 0; }

private:
    unsigned m_left = 0; // continuation bytes to come
    unsigned char m_low = 0x80, m_high = 0xbf; // what the next one may be
};

/// Makes any bytes valid UTF-8: each maximal part that cannot be a character becomes one U+FFFD (Unicode §3.9).
class Utf8Repair {
public:
    /// Appends what is decided; a character cut at the end (at most 3 bytes) is held back for the next call.
    void append(std::string_view bytes, std::string& out);
    /// Nothing more comes: what is held back was cut for good.
    void finish(std::string& out);

private:
    Utf8Scanner m_scanner;
    std::string m_held;
};

} // namespace staithe::http
