// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/extract.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <limits>
#include <memory>

#include "plugins/common/archive/byte_stream.hpp"
#include "plugins/common/archive/confine.hpp"

namespace staithe::archive {

namespace {

    /// What the child says when it is done.
    struct Verdict {
        int32_t code = STAITHE_INTERNAL;
        int32_t sys_errno = 0;
        uint64_t bytes = 0;
        char message[400] = {};
    };

    // ---- in the child

    Result<uint64_t> unpack(Below below)
    {
        auto const stream = STAITHE_TRY(decompress(CellDescriptors::input));
        TarReader reader(*stream);
        Placer placer(CellDescriptors::root, below);
        Entry entry;
        while (STAITHE_TRY(reader.next(entry)))
            STAITHE_TRY(placer.place(entry, reader));
        STAITHE_TRY(placer.finish());
        // What follows the archive is part of the source too: a pipe that is not drained breaks its writer.
        char rest[16384];
        while (::read(CellDescriptors::input, rest, sizeof rest) > 0) { }
        return placer.bytes();
    }

    Result<uint64_t> unpack_without_throwing(Below below)
    {
        try {
            return unpack(below);
        } catch (std::bad_alloc const&) {
            return Error { STAITHE_RANGE, ENOMEM, "cannot read the archive: it takes too much memory" };
        } catch (std::exception const& e) {
            return Error { STAITHE_INTERNAL, 0, std::string("cannot read the archive: ") + e.what() };
        }
    }

    [[noreturn]] void run_child(int input, int result, int root, Below below)
    {
        auto outcome = [&]() -> Result<uint64_t> {
            auto in_cell = enter_cell(input, result, root);
            return in_cell ? unpack_without_throwing(below) : Result<uint64_t>(std::move(in_cell.error()));
        }();
        Verdict verdict;
        verdict.code = outcome ? STAITHE_OK : outcome.error().code;
        if (outcome) {
            verdict.bytes = outcome.value();
        } else {
            verdict.sys_errno = outcome.error().sys_errno;
            outcome.error().message.copy(verdict.message, sizeof verdict.message - 1);
        }
        // Where the cell could not be entered the descriptors may still be the old ones.
        for (int const fd : { CellDescriptors::result, result })
            if (::send(fd, &verdict, sizeof verdict, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof verdict))
                break;
        ::_exit(0);
    }

    // ---- in the parent

    class Child {
    public:
        Child() = default;
        Child(Child const&) = delete;
        Child& operator=(Child const&) = delete;
        ~Child() { end(); }

        Result<void> start(int input, int result, int root, Below below)
        {
            m_pid = ::fork();
            if (m_pid == 0)
                run_child(input, result, root, below);
            return m_pid < 0 ? Result<void>(errno_error("cannot start the unpacker")) : Result<void> {};
        }

        /// Kills the child where it still runs, and gives its wait status.
        int end()
        {
            if (m_pid <= 0)
                return m_status;
            ::kill(m_pid, SIGKILL);
            return join();
        }

        int join()
        {
            while (m_pid > 0 && ::waitpid(m_pid, &m_status, 0) < 0 && errno == EINTR) { }
            m_pid = -1;
            return m_status;
        }

    private:
        pid_t m_pid = -1;
        int m_status = 0;
    };

    /// Milliseconds that poll may wait, so that a deadline, which no descriptor tells, is noticed soon enough.
    constexpr int tick_ms = 100;

    class Extraction {
    public:
        Extraction(staithe_call const& call, Source& source)
            : m_call(call)
            , m_source(source)
        {
        }

        Result<uint64_t> run(int root, Below below)
        {
            int result[2];
            if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, result) != 0)
                return errno_error("cannot make a socket pair");
            m_result.reset(result[0]);
            UniqueFd child_result(result[1]);
            // The descriptor's own bytes go to the child without passing through here.
            UniqueFd child_input;
            int input = m_source.fd();
            if (input < 0) {
                child_input = STAITHE_TRY(make_feed());
                input = child_input.get();
            }
            STAITHE_TRY(m_child.start(input, child_result.get(), root, below));
            child_result.reset();
            child_input.reset();
            if (m_feed)
                STAITHE_TRY(feed());
            return conclude();
        }

    private:
        Result<UniqueFd> make_feed()
        {
            int feed[2];
            // A socket, since writing to a broken pipe would raise a signal.
            if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, feed) != 0)
                return errno_error("cannot make a socket pair");
            m_feed.reset(feed[0]);
            int const size = 1 << 20;
            ::setsockopt(feed[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
            return UniqueFd(feed[1]);
        }

        Result<void> feed()
        {
            constexpr size_t size = size_t { 256 } << 10;
            auto const buffer = std::make_unique<char[]>(size);
            for (;;) {
                STAITHE_TRY(proceed(m_call));
                size_t const n = STAITHE_TRY(m_source.read(buffer.get(), size));
                if (n == 0 || !STAITHE_TRY(push({ buffer.get(), n })))
                    break;
            }
            m_feed.reset();
            return {};
        }

        /// False once the child does not want more.
        Result<bool> push(std::span<char const> data)
        {
            while (!data.empty()) {
                ssize_t const n = ::send(m_feed.get(), data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
                if (n >= 0) {
                    data = data.subspan(static_cast<size_t>(n));
                    continue;
                }
                if (errno == EPIPE || errno == ECONNRESET)
                    return false;
                if (errno != EAGAIN && errno != EINTR)
                    return errno_error("cannot feed the unpacker");
                pollfd waiting[2] = { { m_feed.get(), POLLOUT, 0 }, { m_call.cancel_fd, POLLIN, 0 } };
                STAITHE_TRY(wait_for(waiting));
            }
            return true;
        }

        /// Until something happens to the first; an Error once the call is cancelled.
        Result<void> wait_for(pollfd (&fds)[2])
        {
            while (!fds[0].revents) {
                STAITHE_TRY(proceed(m_call));
                if (::poll(fds, 2, tick_ms) < 0 && errno != EINTR)
                    return errno_error("cannot wait for the unpacker");
                if (fds[1].revents) // proceed() has the word
                    fds[1].fd = -1;
            }
            return {};
        }

        Result<uint64_t> conclude()
        {
            pollfd waiting[2] = { { m_result.get(), POLLIN, 0 }, { m_call.cancel_fd, POLLIN, 0 } };
            STAITHE_TRY(wait_for(waiting));
            Verdict verdict;
            ssize_t const n = ::recv(m_result.get(), &verdict, sizeof verdict, MSG_DONTWAIT);
            if (n != static_cast<ssize_t>(sizeof verdict))
                return death();
            m_child.join();
            if (verdict.code != STAITHE_OK)
                return complaint(verdict);
            STAITHE_TRY(confirm_source());
            return verdict.bytes;
        }

        /// The child's word is a stranger's: only its printable part is repeated.
        static Error complaint(Verdict& verdict)
        {
            verdict.message[sizeof verdict.message - 1] = '\0';
            std::string message(verdict.message);
            for (char& c : message)
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                    c = '?';
            bool const known = verdict.code > STAITHE_OK && verdict.code <= STAITHE_INTERNAL;
            return { known ? verdict.code : STAITHE_INTERNAL, verdict.sys_errno, std::move(message) };
        }

        Error death()
        {
            int const status = m_child.join();
            if (WIFSIGNALED(status))
                return { STAITHE_CORRUPT, 0,
                    "cannot read the archive: the unpacker was ended by signal " + std::to_string(WTERMSIG(status)) };
            return { STAITHE_INTERNAL, 0, "cannot read the archive: the unpacker ended without a word" };
        }

        /// A whole stream, or one that was cut short? Only read() knows.
        Result<void> confirm_source()
        {
            char rest[16384];
            do {
                pollfd waiting[2] = { { m_source.fd(), POLLIN, 0 }, { m_call.cancel_fd, POLLIN, 0 } };
                if (m_source.fd() >= 0)
                    STAITHE_TRY(wait_for(waiting));
            } while (STAITHE_TRY(m_source.read(rest, sizeof rest)) > 0);
            return {};
        }

        staithe_call const& m_call;
        Source& m_source;
        Child m_child;
        UniqueFd m_result, m_feed;
    };

} // namespace

Result<uint64_t> extract(staithe_call const& call, Source& source, int root, Below below)
{
    return Extraction(call, source).run(root, below);
}

} // namespace staithe::archive
