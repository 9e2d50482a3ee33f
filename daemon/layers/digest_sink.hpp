// The SHA-256 of what is written, in the form that the store keeps and drivers give: "sha256:<hex>".
#pragma once

#include <nettle/sha2.h>

#include <string>

#include <staithe/cpp/stream.hpp>

namespace staithe::layers {

class DigestSink final : public Sink {
public:
    DigestSink() { sha256_init(&m_state); }
    /// Never fails.
    Result<void> write(void const* from, size_t size) override;
    /// Of everything since the last digest(), or since the beginning.
    std::string digest();

private:
    sha256_ctx m_state;
};

} // namespace staithe::layers
