#include "cli/work_messages.hpp"

#include "cli/format.hpp"

namespace staithe::cli {

Result<std::string> WorkMessages::finish() const
{
    auto const rest = m_splitter.rest();
    if (rest.find_first_not_of(" \r\n") != rest.npos)
        return Error { STAITHE_INTERNAL, 0, rest.substr(0, rest.find_last_not_of(" \r\n") + 1) };
    return m_status;
}

Result<void> WorkMessages::message(std::string const& text)
{
    auto const object = STAITHE_TRY(parse_object(text));
    if (auto const error = text_of(object, "error"); !error.empty())
        return Error { STAITHE_INTERNAL, 0, error };
    auto const progress = text_of(object, "progress"), status = text_of(object, "status");
    if (progress.empty() && !status.empty())
        m_status = status;
    if (!progress.empty() || !status.empty())
        m_line.show(printable(progress.empty() ? status : status + " " + progress));
    else if (m_other && object->size() > 0)
        return m_other(object);
    return {};
}

} // namespace staithe::cli
