#include "transfer.hpp"

#include <poll.h>

#include <vector>

namespace staithe::drivers {

namespace {

    constexpr size_t chunk_bytes = 256u << 10;
    constexpr int pipe_bytes = 1 << 20;

    struct Pipe {
        UniqueFd read, write;
    };

    Result<Pipe> make_pipe()
    {
        int fds[2];
        if (::pipe2(fds, O_CLOEXEC) < 0)
            return errno_error("cannot make a pipe");
        Pipe pipe { UniqueFd(fds[0]), UniqueFd(fds[1]) };
        (void)::fcntl(fds[0], F_SETPIPE_SZ, pipe_bytes); // a smaller one works too
        return pipe;
    }

    class NoTransfer final : public Transfer {
    public:
        Result<UniqueFd> driver_end() override { return UniqueFd(); }
        int fd() const override { return -1; }
        short events() const override { return 0; }
        std::optional<Result<void>> move() override { return {}; }
        void close() override { }
        Result<void> finish() override { return {}; }
        std::optional<Error> failure() const override { return {}; }
    };

    class Feed final : public Transfer {
    public:
        explicit Feed(Source& source)
            : m_source(source)
        {
        }

        Result<UniqueFd> driver_end() override
        {
            auto pipe = STAITHE_TRY(make_pipe());
            (void)::fcntl(pipe.write.get(), F_SETFL, O_NONBLOCK);
            m_pipe = std::move(pipe.write);
            m_buffer.resize(chunk_bytes);
            return std::move(pipe.read);
        }
        int fd() const override { return m_pipe.get(); }
        short events() const override { return POLLOUT; }
        void close() override { m_pipe.reset(); }
        std::optional<Error> failure() const override { return m_failure; }

        std::optional<Result<void>> move() override
        {
            if (m_at == m_end) {
                auto const n = read();
                if (!n || n.value() == 0)
                    return n ? Result<void>() : Result<void>(n.error());
                m_at = 0;
                m_end = n.value();
            }
            ssize_t const n = ::write(m_pipe.get(), m_buffer.data() + m_at, m_end - m_at);
            if (n >= 0)
                m_at += static_cast<size_t>(n);
            else if (errno != EAGAIN && errno != EINTR)
                close(); // the driver wants no more; its answer follows
            return {};
        }

        /// A driver may stop reading at the archive's end; a source that is cut behind it is cut all the same.
        Result<void> finish() override
        {
            while (!m_complete) {
                auto const n = STAITHE_TRY(read());
                if (n == 0)
                    break;
            }
            return {};
        }

    private:
        Result<size_t> read()
        {
            auto n = m_source.read(m_buffer.data(), m_buffer.size());
            if (!n)
                m_failure = n.error();
            m_complete = n && n.value() == 0;
            return n;
        }

        Source& m_source;
        UniqueFd m_pipe;
        std::vector<char> m_buffer;
        size_t m_at = 0, m_end = 0;
        bool m_complete = false;
        std::optional<Error> m_failure;
    };

    class Drain final : public Transfer {
    public:
        explicit Drain(Sink& sink)
            : m_sink(sink)
        {
        }

        Result<UniqueFd> driver_end() override
        {
            auto pipe = STAITHE_TRY(make_pipe());
            (void)::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
            m_pipe = std::move(pipe.read);
            m_buffer.resize(chunk_bytes);
            return std::move(pipe.write);
        }
        int fd() const override { return m_pipe.get(); }
        short events() const override { return POLLIN; }
        void close() override { m_pipe.reset(); }
        std::optional<Error> failure() const override { return m_failure; }

        std::optional<Result<void>> move() override
        {
            ssize_t const n = ::read(m_pipe.get(), m_buffer.data(), m_buffer.size());
            if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
                m_empty = errno == EAGAIN;
                return {};
            }
            if (n <= 0) {
                close(); // whether that was all, the driver's answer says
                return {};
            }
            auto written = m_sink.write(m_buffer.data(), static_cast<size_t>(n));
            if (written)
                return {};
            m_failure = written.error();
            return written;
        }

        /// All that the driver wrote before its answer is in the pipe; somebody who still holds the other end is not
        /// waited for.
        Result<void> finish() override
        {
            m_empty = false;
            while (m_pipe && !m_empty)
                if (auto const ended = move())
                    STAITHE_TRY(*ended);
            return {};
        }

    private:
        Sink& m_sink;
        UniqueFd m_pipe;
        std::vector<char> m_buffer;
        bool m_empty = false;
        std::optional<Error> m_failure;
    };

} // namespace

std::unique_ptr<Transfer> no_transfer()
{
    return std::make_unique<NoTransfer>();
}

std::unique_ptr<Transfer> transfer_from(Source& source)
{
    return std::make_unique<Feed>(source);
}

std::unique_ptr<Transfer> transfer_into(Sink& sink)
{
    return std::make_unique<Drain>(sink);
}

} // namespace staithe::drivers
