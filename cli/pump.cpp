#include "cli/pump.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "cli/frames.hpp"
#include "cli/output.hpp"

namespace staithe::cli {

namespace {

    constexpr size_t buffer_size = 128 << 10;
    constexpr char ctrl_p = 0x10, ctrl_q = 0x11;

    class Pump {
    public:
        Pump(Connection& connection, PumpOptions const& options)
            : m_connection(connection)
            , m_options(options)
            , m_frames([this](FrameReader::Stream stream, std::string_view bytes) {
                return write_out(stream == FrameReader::Stream::Err ? m_options.err : m_options.out, bytes);
            })
        {
        }
        Result<PumpEnd> run();

    private:
        Result<void> write_out(int fd, std::string_view);
        Result<void> output();
        Result<void> input();
        void flush_input();
        void end_input();
        bool wants_input() const { return m_input_open && m_begin == m_end; }

        Connection& m_connection;
        PumpOptions const& m_options;
        FrameReader m_frames;
        std::unique_ptr<char[]> m_out_buffer { new char[buffer_size] }, m_in_buffer { new char[buffer_size] };
        size_t m_begin = 0, m_end = 0; // of what was read from in and not yet sent
        bool m_input_open = true, m_stream_open = true;
        char m_last[2] = { 0, 0 };
        PumpEnd m_result;
    };

    Result<void> Pump::write_out(int fd, std::string_view bytes)
    {
        if (m_result.output_lost)
            return {};
        auto written = write_all(fd, bytes, "the container's output");
        m_result.output_lost = !written && written.error().sys_errno == EPIPE;
        return m_result.output_lost ? Result<void>() : written;
    }

    Result<void> Pump::output()
    {
        auto const received = m_connection.receive(m_out_buffer.get(), buffer_size);
        if (!received && received.error().sys_errno == EAGAIN)
            return {};
        // A reset is how a daemon's end looks when it had unread input of ours.
        if (!received && received.error().sys_errno != ECONNRESET)
            return received.error();
        size_t const n = received ? received.value() : 0;
        if (n == 0) {
            m_stream_open = false;
            return {};
        }
        std::string_view const bytes(m_out_buffer.get(), n);
        return m_options.framed ? m_frames.feed(bytes) : write_out(m_options.out, bytes);
    }

    Result<void> Pump::input()
    {
        ssize_t const n = ::read(m_options.in, m_in_buffer.get(), buffer_size);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            return {};
        // EIO: the terminal has gone away.
        if (n < 0 && errno != EIO)
            return errno_error("cannot read standard input");
        if (n <= 0) {
            m_result.input_ended = true;
            end_input();
            return {};
        }
        m_begin = 0;
        m_end = static_cast<size_t>(n);
        m_last[0] = m_end > 1 ? m_in_buffer[m_end - 2] : m_last[1];
        m_last[1] = m_in_buffer[m_end - 1];
        flush_input();
        return {};
    }

    void Pump::flush_input()
    {
        while (m_begin < m_end) {
            ssize_t const n =
                ::send(m_connection.fd(), m_in_buffer.get() + m_begin, m_end - m_begin, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (n >= 0) {
                m_begin += static_cast<size_t>(n);
            } else if (errno == EAGAIN) {
                return;
            } else if (errno != EINTR) {
                // The container's input is closed; its output may go on.
                m_begin = m_end;
                end_input();
                return;
            }
        }
    }

    void Pump::end_input()
    {
        m_input_open = false;
        m_connection.half_close();
    }

    Result<PumpEnd> Pump::run()
    {
        int const flags = ::fcntl(m_connection.fd(), F_GETFL);
        if (flags < 0 || ::fcntl(m_connection.fd(), F_SETFL, flags | O_NONBLOCK) < 0)
            return errno_error("cannot prepare the connection");
        if (m_options.in < 0)
            end_input();
        STAITHE_TRY(output()); // what came together with the head
        while (m_stream_open && !m_result.output_lost) {
            short const socket_events = static_cast<short>(m_begin < m_end ? POLLIN | POLLOUT : POLLIN);
            pollfd fds[2] = { { m_connection.fd(), socket_events, 0 },
                { wants_input() ? m_options.in : -1, POLLIN, 0 } };
            if (::poll(fds, 2, -1) < 0) {
                if (errno != EINTR)
                    return errno_error("cannot wait for the container's output");
                continue;
            }
            if (fds[0].revents & POLLOUT)
                flush_input();
            if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
                STAITHE_TRY(output());
            if (fds[1].revents)
                STAITHE_TRY(input());
        }
        if (m_options.framed && !m_result.output_lost && !m_frames.at_boundary())
            return Error { STAITHE_IO, 0, "the container's output was cut" };
        m_result.detach_keys = m_last[0] == ctrl_p && m_last[1] == ctrl_q;
        return m_result;
    }

} // namespace

Result<PumpEnd> pump(Connection& connection, PumpOptions const& options)
{
    return Pump(connection, options).run();
}

} // namespace staithe::cli
