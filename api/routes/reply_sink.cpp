#include "api/routes/reply_sink.hpp"

#include "api/routes/reply.hpp"

namespace staithe::routes {

http::Responder::Stream& ReplySink::stream()
{
    if (!m_stream)
        m_stream = m_responder.stream(200, m_content_type);
    return *m_stream;
}

Result<void> ReplySink::write(void const* from, size_t size)
{
    return stream().write(from, size);
}

void ReplySink::finish(Result<void> const& result)
{
    if (!result && !m_stream)
        return m_responder.send(error_reply(result.error()));
    if (!result)
        m_stream->abort();
    else
        stream();
    m_stream.reset();
}

} // namespace staithe::routes
