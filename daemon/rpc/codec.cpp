#include "codec.hpp"

namespace staithe::rpc {

std::string Reader::text()
{
    uint32_t const size = u32();
    if (size > m_rest.size()) {
        fail();
        return {};
    }
    std::string value(m_rest.substr(0, size));
    m_rest.remove_prefix(size);
    return value;
}

uint32_t Reader::count(size_t minimum_bytes)
{
    uint32_t const n = u32();
    if (n > m_rest.size() / minimum_bytes) {
        fail();
        return 0;
    }
    return n;
}

std::vector<std::string> Reader::texts()
{
    std::vector<std::string> values(count(sizeof(uint32_t)));
    for (auto& value : values)
        value = text();
    return values;
}

Result<void> Reader::finish() const
{
    if (m_failed)
        return Error { STAITHE_CORRUPT, 0, "message is shorter than what it must contain" };
    return {};
}

void encode(Writer& out, Error const& error)
{
    out.u32(static_cast<uint32_t>(error.code));
    out.u32(static_cast<uint32_t>(error.sys_errno));
    out.text(error.message);
}

Error decode_error(Reader& in)
{
    Error error;
    error.code = static_cast<staithe_code>(in.u32());
    error.sys_errno = static_cast<int>(in.u32());
    error.message = in.text();
    if (error.code == STAITHE_OK || !in.finish())
        return { STAITHE_CORRUPT, 0, "peer sent an error without a code" };
    return error;
}

} // namespace staithe::rpc
