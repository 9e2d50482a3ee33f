#include "outbox.hpp"

#include <staithe/cpp/text.hpp>

namespace staithe::driver_host {

namespace {

    constexpr size_t max_line_bytes = 4096;

    void append(std::string& line, std::string_view part)
    {
        line.append(part.substr(0, max_line_bytes - std::min(max_line_bytes, line.size())));
    }

    void log_line(staithe_host const* host, int32_t level, staithe_text message, staithe_pairs fields)
    {
        static_cast<Outbox*>(host->ctx)->log(level, view(message), fields);
    }

    void const* no_service(staithe_host const*, char const*)
    {
        return nullptr;
    }

} // namespace

Outbox::Outbox(rpc::Channel& channel)
    : m_channel(channel)
{
    m_table.struct_size = sizeof m_table;
    m_table.abi_minor = STAITHE_ABI_MINOR;
    m_table.ctx = this;
    m_table.log = log_line;
    m_table.service = no_service;
}

void Outbox::send(rpc::Message const& message)
{
    MutexLock lock(m_mutex);
    (void)m_channel.send(message, os::Deadline::never());
}

void Outbox::log(int32_t level, std::string_view line, staithe_pairs fields)
{
    rpc::driver::Log log { level, {} };
    append(log.line, line);
    for (size_t i = 0; i < fields.size; ++i) {
        append(log.line, " ");
        append(log.line, view(fields.data[i].key));
        append(log.line, "=");
        append(log.line, view(fields.data[i].value));
    }
    send(message(rpc::driver::Type::Log, log));
}

} // namespace staithe::driver_host
