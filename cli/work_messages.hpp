// What the daemon says while it works on something long: JSON objects back to back, some for the person who waits.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/json.hpp"
#include "cli/progress.hpp"

namespace staithe::cli {

/// Shows progress and statuses, remembers the last status, and hands on every other object; an error ends the stream.
class WorkMessages {
public:
    using Receiver = std::function<Result<void>(Poco::JSON::Object::Ptr const&)>;

    /// Borrows the line.
    explicit WorkMessages(ProgressLine& line, Receiver other = {})
        : m_line(line)
        , m_other(std::move(other))
    {
    }
    WorkMessages(WorkMessages const&) = delete;

    Result<void> feed(std::string_view bytes) { return m_splitter.feed(bytes); }
    /// After the last byte: the last status that was no progress. An error that came as plain text is found only here.
    Result<std::string> finish() const;

private:
    Result<void> message(std::string const& text);

    ProgressLine& m_line;
    Receiver const m_other;
    std::string m_status;
    JsonSplitter m_splitter { [this](std::string const& text) { return message(text); } };
};

} // namespace staithe::cli
