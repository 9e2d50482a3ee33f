// How long work tells a client where it is: one message per chunk, in the form of the client's version.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/request.hpp"
#include "api/http/responder.hpp"
#include "api/services/image_service.hpp"
#include "api/wire/progress.hpp"

namespace staithe::routes {

/// Used by the thread that does the work; borrows request and responder. The head leaves with the first message; the
/// messages have the form of a version.
/// Advances are thinned out to every 1 % or every 512 KiB, whichever is less, and the last.
class ProgressStream final : public api::Progress {
public:
    ProgressStream(http::Request const&, http::Responder&, http::ApiVersion form);

    void status(std::string_view text) override;
    void advance(std::string_view action, uint64_t current, uint64_t total) override;
    void finished() override;
    bool cancelled() override;

    /// Lets the head leave though there may be nothing to tell.
    void begin();
    /// What the work has made, in a form of its own.
    void write(std::string_view chunk);
    /// A status and an error of HTTP while nothing has been sent, a message in the stream after that. Called last.
    void fail(Error const&);

private:
    void send(wire::ProgressMessage const&);
    void send_progress();

    http::Request const& m_request;
    http::Responder& m_responder;
    bool const m_raw;
    wire::FieldSet const m_fields;
    std::unique_ptr<http::Responder::Stream> m_stream;
    bool m_broken = false;
    std::string m_action;
    uint64_t m_current = 0, m_total = 0, m_sent = 0;
};

} // namespace staithe::routes
