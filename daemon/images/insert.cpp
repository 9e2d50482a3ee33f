// How a download becomes a file in a child of an image.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "daemon/images/insert_target.hpp"
#include "daemon/images/library.hpp"
#include "daemon/images/one_file_tar.hpp"
#include "daemon/images/pipe.hpp"
#include "daemon/images/reference.hpp"
#include "daemon/os/file.hpp"

namespace staithe::images {

namespace {

    Result<void> write_all(int file, char const* at, size_t size)
    {
        while (size > 0) {
            ssize_t const n = ::write(file, at, size);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return errno_error("cannot store a download");
            at += n;
            size -= static_cast<size_t>(n);
        }
        return {};
    }

    /// Keeps a download, whose size only its end tells, while an archive tells a file's size first.
    Result<uint64_t> spool(Source& from, int into, api::Progress& progress)
    {
        uint64_t total = 0;
        std::array<char, 64u << 10> buffer;
        while (size_t const n = STAITHE_TRY(from.read(buffer.data(), buffer.size()))) {
            if (progress.cancelled())
                return Error { STAITHE_CANCELLED, 0, "the client has gone" };
            STAITHE_TRY(write_all(into, buffer.data(), n));
            progress.advance("Downloading", total += n, 0);
        }
        return total;
    }

    Result<InsertTarget> target_in(
        drivers::StorageDriver& driver, drivers::Call const& call, Image const& image, std::string const& path)
    {
        auto const root = STAITHE_TRY(driver.mount(call, image->layer, drivers::Writable::No));
        return find_insert_target(root.get(), path);
    }

} // namespace

Result<std::string> Library::insert(std::string_view request_id, std::string_view name, std::string const& url,
    std::string const& path, api::Progress& progress)
{
    auto const base = STAITHE_TRY(pinned(name));
    auto const& image = base.image;
    auto const driver = STAITHE_TRY(m_needs.layers.driver(image->storage_driver));
    auto target = STAITHE_TRY(target_in(*driver, { std::string(request_id) }, image, path));
    auto made = draft(image);
    made.image.comment = image->comment, made.image.author = image->author;
    made.image.container_config.image = image->id;
    made.image.container_config.command = std::vector<std::string> { "echo", "insert", url, path };

    auto const call = drivers::stream_call(request_id);
    auto file = STAITHE_TRY(os::open_unnamed_file(m_needs.spool_dir));
    auto const length = STAITHE_TRY(piped(
        [&](drivers::CancelFlag const& cancel, Sink& into) {
            return m_needs.catalog.fetch(drivers::stream_call(request_id, cancel), url_of(url), into);
        },
        [&](Source& from) { return spool(from, file.get(), progress); }, [&] { return progress.cancelled(); }));
    progress.finished();
    OneFileTar archive(target.directories, { std::move(target.file), std::move(file), length }, ::time(nullptr));
    auto const size = STAITHE_TRY(unpack(call, made, archive));
    return enter(call, std::move(made), size);
}

} // namespace staithe::images
