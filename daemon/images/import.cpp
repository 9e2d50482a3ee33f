// How an archive becomes an image: layer, bytes, row, in this order, so that a cut leaves nothing that anybody sees.
#include "daemon/images/library.hpp"

#include <algorithm>
#include <cstring>

#include "daemon/images/pipe.hpp"
#include "daemon/images/reference.hpp"

namespace staithe::images {

namespace {

    constexpr size_t shortest_archive = 10;

    /// The archive on its way to the driver: counted, told to the client, stopped when the client goes.
    class Watched final : public Source {
    public:
        Watched(Source& inner, api::Progress& progress, bool tell)
            : m_inner(inner)
            , m_progress(progress)
            , m_tell(tell)
            , m_total(inner.size() == unknown_size ? 0 : inner.size())
        {
        }
        Result<size_t> read(void* into, size_t capacity) override
        {
            if (m_progress.cancelled())
                return Error { STAITHE_CANCELLED, 0, "the client has gone" };
            size_t const n = STAITHE_TRY(next(into, capacity));
            m_count += n;
            if (m_tell)
                m_progress.advance("Importing", m_count, m_total);
            return n;
        }
        uint64_t size() const override { return m_inner.size(); }

        /// Reads ahead far enough to know that there is an archive at all.
        Result<void> require_bytes()
        {
            while (m_ahead.size() < shortest_archive) {
                char buffer[512];
                size_t const n = STAITHE_TRY(m_inner.read(buffer, sizeof buffer));
                if (n == 0)
                    return Error { STAITHE_INVALID, 0, "Tarball too short" };
                m_ahead.append(buffer, n);
            }
            return {};
        }

    private:
        Result<size_t> next(void* into, size_t capacity)
        {
            if (m_ahead.empty())
                return m_inner.read(into, capacity);
            size_t const n = std::min(capacity, m_ahead.size());
            std::memcpy(into, m_ahead.data(), n);
            m_ahead.erase(0, n);
            return n;
        }
        Source& m_inner;
        api::Progress& m_progress;
        bool m_tell;
        uint64_t m_total, m_count = 0;
        std::string m_ahead;
    };

} // namespace

Result<std::string> Library::import(
    std::string_view request_id, api::ImportRequest const& request, Source& body, api::Progress& progress)
{
    auto made = draft(nullptr);
    if (!request.repository.empty())
        made.tag = STAITHE_TRY(wanted_tag(request.repository, request.tag));
    made.image.comment = "Imported from " + request.source;
    auto const call = drivers::stream_call(request_id);
    uint64_t size = 0;
    if (request.source == "-") {
        Watched archive(body, progress, false);
        STAITHE_TRY(archive.require_bytes());
        size = STAITHE_TRY(unpack(call, made, archive));
    } else {
        size = STAITHE_TRY(download(call, made, url_of(request.source), progress));
    }
    return enter(call, std::move(made), size);
}

Result<uint64_t> Library::download(
    drivers::Call const& call, Draft const& made, std::string const& url, api::Progress& progress)
{
    progress.status("Downloading from " + url);
    auto applied = piped(
        [&](drivers::CancelFlag const& cancel, Sink& into) {
            return m_needs.catalog.fetch(drivers::stream_call(call.request_id, cancel), url, into);
        },
        [&](Source& from) -> Result<uint64_t> {
            Watched archive(from, progress, true);
            STAITHE_TRY(archive.require_bytes());
            return unpack(call, made, archive);
        },
        [&] { return progress.cancelled(); });
    if (applied)
        progress.finished();
    return applied;
}

} // namespace staithe::images
