#include "api/routes/progress_stream.hpp"

#include <algorithm>

#include "api/routes/reply.hpp"
#include "api/versions/resources.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/text_forms.hpp"

namespace staithe::routes {

ProgressStream::ProgressStream(http::Request const& request, http::Responder& responder, http::ApiVersion form)
    : m_request(request)
    , m_responder(responder)
    , m_raw(versions::has(versions::Trait::RawProgress, form))
    , m_fields(versions::progress(form))
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

void ProgressStream::begin()
{
    if (!m_stream)
        m_stream = m_responder.stream(200, m_raw ? "text/plain; charset=utf-8" : "application/json");
}

void ProgressStream::write(std::string_view chunk)
{
    begin();
    if (!m_broken)
        m_broken = !m_stream->write(chunk.data(), chunk.size());
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
    write(m_raw ? wire::raw_progress(message) : wire::encode_progress(message, m_fields));
}

} // namespace staithe::routes
