// A reply body of unknown length: the head leaves with the first byte, so that what fails before is still a proper
// error, and what fails later is seen as a cut and not as an end.
#pragma once

#include <memory>
#include <string_view>

#include <staithe/cpp/stream.hpp>

#include "api/http/responder.hpp"

namespace staithe::routes {

/// Used by one thread; borrows the responder. content_type must outlive it.
class ReplySink final : public Sink {
public:
    ReplySink(http::Responder& responder, std::string_view content_type)
        : m_responder(responder)
        , m_content_type(content_type)
    {
    }
    Result<void> write(void const* from, size_t size) override;
    /// Ends the reply according to how the work ended; called once, last.
    void finish(Result<void> const&);

private:
    http::Responder::Stream& stream();

    http::Responder& m_responder;
    std::string_view m_content_type;
    std::unique_ptr<http::Responder::Stream> m_stream;
};

} // namespace staithe::routes
