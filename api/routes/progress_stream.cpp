#include "api/routes/progress_stream.hpp"

#include <algorithm>

#include "api/routes/reply.hpp"
#include "api/versions/resources.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/text_forms.hpp"

namespace staithe::routes {

ProgressStream::ProgressStream(http::Request const& request, http::Responder& responder)
    : m_request(request)
    , m_responder(responder)
    , m_raw(versions::has(versions::Trait::RawProgress, request.version))
    , m_fields(versions::progress(request.version))
{
}

void ProgressStream::status(std::string_view text)
{
    send({ .status = std::string(text) });
}

void ProgressStream::advance(std::string_view action, uint64_t current, uint64_t total)
{
    constexpr uint64_t largest_step = 512 * 1024;
    m_action = action;
    m_current = current;
    m_total = total;
    uint64_t const step = total ? std::clamp<uint64_t>(total / 100, 1, largest_step) : largest_step;
    if (current >= m_sent + step)
        send_progress();
}

void ProgressStream::finished()
{
    if (m_current != m_sent)
        send_progress();
    m_current = m_sent = 0;
    send({});
}

bool ProgressStream::cancelled()
{
    return m_broken || m_request.client_gone();
}

void ProgressStream::fail(Error const& error)
{
    if (!m_stream)
        return m_responder.send(error_reply(error));
    send({ .error = error.message });
}

void ProgressStream::send_progress()
{
    m_sent = m_current;
    send({ .status = m_action, .progress = wire::progress_text(m_current, m_total) });
}

void ProgressStream::send(wire::ProgressMessage const& message)
{
    if (!m_stream)
        m_stream = m_responder.stream(200, m_raw ? "text/plain; charset=utf-8" : "application/json");
    auto const text = m_raw ? wire::raw_progress(message) : wire::encode_progress(message, m_fields);
    if (!m_broken)
        m_broken = !m_stream->write(text.data(), text.size());
}

} // namespace staithe::routes
