#include "cli/frames.hpp"

#include <algorithm>

namespace staithe::cli {

Result<void> FrameReader::begin_payload()
{
    if (m_header[0] > 2 || m_header[1] || m_header[2] || m_header[3])
        return Error { STAITHE_CORRUPT, 0, "the container's output is not framed as it must be" };
    m_stream = static_cast<Stream>(m_header[0]);
    m_left = static_cast<uint32_t>(m_header[4]) << 24 | static_cast<uint32_t>(m_header[5]) << 16
        | static_cast<uint32_t>(m_header[6]) << 8 | m_header[7];
    m_header_size = 0;
    return {};
}

Result<void> FrameReader::feed(std::string_view bytes)
{
    while (!bytes.empty()) {
        if (m_left > 0) {
            size_t const n = std::min<size_t>(m_left, bytes.size());
            STAITHE_TRY(m_receiver(m_stream, bytes.substr(0, n)));
            m_left -= static_cast<uint32_t>(n);
            bytes.remove_prefix(n);
            continue;
        }
        size_t const n = std::min(m_header.size() - m_header_size, bytes.size());
        std::copy_n(bytes.begin(), n, m_header.begin() + static_cast<std::ptrdiff_t>(m_header_size));
        m_header_size += n;
        bytes.remove_prefix(n);
        if (m_header_size == m_header.size())
            STAITHE_TRY(begin_payload());
    }
    return {};
}

} // namespace staithe::cli
