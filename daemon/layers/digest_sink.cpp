#include "daemon/layers/digest_sink.hpp"

#include <array>

namespace staithe::layers {

Result<void> DigestSink::write(void const* from, size_t size)
{
    sha256_update(&m_state, size, static_cast<uint8_t const*>(from));
    return {};
}

std::string DigestSink::digest()
{
    std::array<uint8_t, SHA256_DIGEST_SIZE> bytes {};
    sha256_digest(&m_state, bytes.size(), bytes.data());
    std::string text = "sha256:";
    for (unsigned const byte : bytes)
        text.append({ "0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15] });
    return text;
}

} // namespace staithe::layers
