// How an archive becomes an image: layer, bytes, row, in this order, so that a cut leaves nothing that anybody sees.
#include "daemon/images/library.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

#include "daemon/images/pipe.hpp"
#include "daemon/images/reference.hpp"
#include "daemon/os/random.hpp"

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

    Result<store::TagRecord> tag_of(api::ImportRequest const& request)
    {
        store::TagRecord tag { request.repository, request.tag, {} };
        if (tag.repository.empty())
            return tag;
        if (tag.tag.empty()) {
            auto reference = parse_reference(tag.repository);
            tag.repository = std::move(reference.repository), tag.tag = std::move(reference.tag);
        }
        STAITHE_TRY(check_tag(tag.tag));
        return tag;
    }

} // namespace

struct Library::Arrival {
    store::LayerRecord layer;
    store::TagRecord tag;
    std::string source;
};

Result<std::string> Library::import(
    std::string_view request_id, api::ImportRequest const& request, Source& body, api::Progress& progress)
{
    Arrival arrival;
    arrival.tag = STAITHE_TRY(tag_of(request));
    arrival.source = request.source;
    arrival.layer = { os::random_hex(32), "", m_needs.layers.default_driver(), 0 };
    auto const call = drivers::stream_call(request_id);
    uint64_t size = 0;
    if (request.source == "-") {
        Watched archive(body, progress, false);
        STAITHE_TRY(archive.require_bytes());
        size = STAITHE_TRY(unpack(call, arrival, archive));
    } else {
        size = STAITHE_TRY(download(call, arrival, request.source, progress));
    }
    auto const entered = enter(arrival, size);
    if (!entered) {
        m_needs.layers.discard({ call.request_id }, arrival.layer.driver, arrival.layer.id);
        return entered.error();
    }
    return arrival.layer.id;
}

Result<uint64_t> Library::unpack(drivers::Call const& call, Arrival const& arrival, Source& archive)
{
    STAITHE_TRY(m_needs.layers.create({ call.request_id }, arrival.layer, drivers::Writable::No));
    auto const driver = STAITHE_TRY(m_needs.layers.driver(arrival.layer.driver));
    auto applied = driver->apply(call, arrival.layer.id, archive);
    if (!applied)
        m_needs.layers.discard({ call.request_id }, arrival.layer.driver, arrival.layer.id);
    return applied;
}

Result<uint64_t> Library::download(
    drivers::Call const& call, Arrival const& arrival, std::string url, api::Progress& progress)
{
    if (url.find("://") == std::string::npos)
        url.insert(0, "http://");
    progress.status("Downloading from " + url);
    Pipe pipe;
    auto const cancel = std::make_shared<std::atomic<bool>>(false);
    std::thread fetcher(
        [&] { pipe.close(m_needs.catalog.fetch(drivers::stream_call(call.request_id, cancel), url, pipe)); });
    Watched archive(pipe, progress, true);
    auto applied = [&]() -> Result<uint64_t> {
        STAITHE_TRY(archive.require_bytes());
        return unpack(call, arrival, archive);
    }();
    *cancel = true;
    pipe.abandon();
    fetcher.join();
    if (applied)
        progress.finished();
    return applied;
}

Result<void> Library::enter(Arrival const& arrival, uint64_t size)
{
    store::ImageRecord image;
    image.id = image.layer = arrival.layer.id;
    image.comment = "Imported from " + arrival.source;
    image.architecture = "x86_64";
    image.daemon_version = m_needs.daemon_version;
    image.created_ns = os::real_time_ns();
    image.size = static_cast<int64_t>(size);
    image.storage_driver = arrival.layer.driver;
    auto layer = arrival.layer;
    layer.size = image.size;
    auto tag = arrival.tag;
    tag.image = image.id;
    bool const tagged = !tag.repository.empty();

    MutexLock lock(m_mutex);
    STAITHE_TRY(m_needs.store.add_image(image, layer, tagged ? &tag : nullptr));
    m_index.by_id.emplace(image.id, std::make_shared<store::ImageRecord const>(image));
    if (tagged)
        m_index.tags[tag.repository][tag.tag] = tag.image;
    return {};
}

} // namespace staithe::images
