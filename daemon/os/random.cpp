#include "daemon/os/random.hpp"

#include <sys/random.h>

namespace staithe::os {

namespace {

    void fill(void* into, size_t size)
    {
        auto* at = static_cast<unsigned char*>(into);
        while (size > 0) {
            ssize_t const n = ::getrandom(at, size, 0);
            if (n <= 0)
                continue;
            at += n;
            size -= static_cast<size_t>(n);
        }
    }

} // namespace

std::string random_hex(size_t bytes)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string raw(bytes, '\0');
    fill(raw.data(), raw.size());
    std::string hex;
    hex.reserve(bytes * 2);
    for (char const c : raw) {
        auto const byte = static_cast<unsigned char>(c);
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

unsigned random_below(unsigned bound)
{
    unsigned const limit = ~0u - ~0u % bound;
    unsigned value = 0;
    do
        fill(&value, sizeof value);
    while (value >= limit);
    return value % bound;
}

} // namespace staithe::os
