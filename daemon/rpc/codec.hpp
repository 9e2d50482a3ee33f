// The one encoding of everything that crosses between the daemon's processes: little-endian integers and counted
// texts, no tags, no padding. What a message contains is said by its struct's encode() and decode().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::rpc {

/// No message, whole, is larger; a text or a list inside it is bounded by what is left of it.
inline constexpr size_t max_message_bytes = 8u << 20;

class Writer {
public:
    void flag(bool value) { u8(value ? 1 : 0); }
    void u8(uint8_t value) { m_out.push_back(static_cast<char>(value)); }
    void u32(uint32_t value) { integer(value); }
    void u64(uint64_t value) { integer(value); }
    void i64(int64_t value) { integer(static_cast<uint64_t>(value)); }
    void text(std::string_view value)
    {
        u32(static_cast<uint32_t>(value.size()));
        m_out.append(value);
    }
    void texts(std::vector<std::string> const& values)
    {
        u32(static_cast<uint32_t>(values.size()));
        for (auto const& value : values)
            text(value);
    }
    std::string take() { return std::move(m_out); }

private:
    template <class T> void integer(T value)
    {
        for (size_t i = 0; i < sizeof value; ++i)
            m_out.push_back(static_cast<char>(value >> (8 * i)));
    }
    std::string m_out;
};

/// Reads what a Writer wrote. The first thing that does not fit makes every later answer zero or empty; finish() tells.
class Reader {
public:
    explicit Reader(std::string_view bytes)
        : m_rest(bytes)
    {
    }

    bool flag() { return u8() != 0; }
    uint8_t u8() { return integer<uint8_t>(); }
    uint32_t u32() { return integer<uint32_t>(); }
    uint64_t u64() { return integer<uint64_t>(); }
    int64_t i64() { return static_cast<int64_t>(integer<uint64_t>()); }
    std::string text();
    std::vector<std::string> texts();
    /// The number of elements that follow, each at least minimum_bytes long: refuses a count that cannot be true.
    uint32_t count(size_t minimum_bytes);

    /// Is there anything left? For what an older writer did not know.
    bool more() const { return !m_rest.empty(); }
    /// Was everything there? Bytes that are left over are legal: a younger writer knows more than this reader.
    Result<void> finish() const;

private:
    template <class T> T integer()
    {
        if (m_rest.size() < sizeof(T)) {
            fail();
            return 0;
        }
        T value = 0;
        for (size_t i = 0; i < sizeof(T); ++i)
            value = static_cast<T>(
                value | static_cast<T>(static_cast<T>(static_cast<unsigned char>(m_rest[i])) << (8 * i)));
        m_rest.remove_prefix(sizeof(T));
        return value;
    }
    void fail()
    {
        m_failed = true;
        m_rest = {};
    }

    std::string_view m_rest;
    bool m_failed = false;
};

/// An Error in the codec's form.
void encode(Writer&, Error const&);
Error decode_error(Reader&);

} // namespace staithe::rpc
