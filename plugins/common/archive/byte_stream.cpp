// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/byte_stream.hpp"

#include <poll.h>
#include <unistd.h>

#include <archive.h>

namespace staithe::archive {

namespace {

    constexpr size_t shortest_input = 10; // what Docker asks for
    constexpr size_t input_size = size_t { 256 } << 10;

    /// One read that waits where the descriptor is non-blocking.
    ssize_t read_some(int fd, char* into, size_t capacity)
    {
        for (;;) {
            ssize_t const n = ::read(fd, into, capacity);
            if (n >= 0 || (errno != EINTR && errno != EAGAIN))
                return n;
            pollfd waiting { fd, POLLIN, 0 };
            if (errno == EAGAIN)
                ::poll(&waiting, 1, -1);
        }
    }

    class LibarchiveStream final : public ByteStream {
    public:
        explicit LibarchiveStream(int fd)
            : m_fd(fd)
            , m_input(std::make_unique<char[]>(input_size))
        {
        }

        Result<void> open()
        {
            STAITHE_TRY(read_first());
            m_archive.reset(archive_read_new());
            auto* const a = m_archive.get();
            if (!a)
                return Error { STAITHE_RANGE, ENOMEM, "cannot read the archive: out of memory" };
            bool const ready = archive_read_support_filter_gzip(a) == ARCHIVE_OK
                && archive_read_support_filter_bzip2(a) == ARCHIVE_OK && archive_read_support_filter_xz(a) == ARCHIVE_OK
                && archive_read_support_filter_zstd(a) == ARCHIVE_OK
                && archive_read_support_format_raw(a) == ARCHIVE_OK;
            if (!ready)
                return Error { STAITHE_UNSUPPORTED, 0,
                    "cannot read archives: libarchive lacks gzip, bzip2, xz or zstd" };
            archive_entry* ignored = nullptr;
            if (archive_read_open(a, this, nullptr, &on_read, nullptr) != ARCHIVE_OK
                || archive_read_next_header(a, &ignored) != ARCHIVE_OK)
                return failure();
            if (archive_filter_count(a) > 2)
                return Error { STAITHE_CORRUPT, 0, "cannot read the archive: it is compressed more than once" };
            return {};
        }

        Result<std::span<char const>> next() override
        {
            void const* block = nullptr;
            size_t size = 0;
            la_int64_t offset = 0;
            while (size == 0) {
                int const code = archive_read_data_block(m_archive.get(), &block, &size, &offset);
                if (code == ARCHIVE_EOF)
                    return std::span<char const> {};
                if (code != ARCHIVE_OK)
                    return failure();
            }
            return std::span<char const>(static_cast<char const*>(block), size);
        }

    private:
        struct Free {
            void operator()(struct archive* a) const { archive_read_free(a); }
        };

        Result<void> read_first()
        {
            while (m_waiting < shortest_input) {
                ssize_t const n = read_some(m_fd, m_input.get() + m_waiting, input_size - m_waiting);
                if (n < 0)
                    return errno_error("cannot read the archive");
                if (n == 0)
                    return Error { STAITHE_INVALID, 0, "Tarball too short" };
                m_waiting += static_cast<size_t>(n);
            }
            return {};
        }

        static la_ssize_t on_read(struct archive* a, void* self_, void const** block)
        {
            auto& self = *static_cast<LibarchiveStream*>(self_);
            *block = self.m_input.get();
            if (self.m_waiting > 0)
                return static_cast<la_ssize_t>(std::exchange(self.m_waiting, 0));
            ssize_t const n = read_some(self.m_fd, self.m_input.get(), input_size);
            if (n < 0)
                archive_set_error(a, errno, "read failed");
            return n;
        }

        Error failure()
        {
            int const value = archive_errno(m_archive.get());
            char const* const why = archive_error_string(m_archive.get());
            std::string const cause = why ? why : "unknown cause";
            bool const memory = value == ENOMEM || cause.find("memory") != cause.npos;
            if (memory)
                return { STAITHE_RANGE, ENOMEM,
                    "cannot decompress the archive: it needs a window over 128 MiB (" + cause + ")" };
            return { STAITHE_CORRUPT, value > 0 ? value : 0, "cannot decompress the archive: " + cause };
        }

        int m_fd;
        std::unique_ptr<char[]> m_input;
        size_t m_waiting = 0; ///< bytes in m_input that libarchive has not seen
        std::unique_ptr<struct archive, Free> m_archive;
    };

} // namespace

Result<std::unique_ptr<ByteStream>> decompress(int fd)
{
    auto stream = std::make_unique<LibarchiveStream>(fd);
    STAITHE_TRY(stream->open());
    return std::unique_ptr<ByteStream>(std::move(stream));
}

} // namespace staithe::archive
