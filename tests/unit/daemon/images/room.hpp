// A whole images' room on doubles, restartable.
#pragma once

#include <boost/test/unit_test.hpp>

#include <Poco/Data/Session.h>

#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "daemon/images/library.hpp"
#include "tests/doubles/drivers/fake_drivers.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

namespace staithe::images {

inline std::string id_of(std::string const& begin)
{
    return begin + std::string(64 - begin.size(), '0');
}

inline Index index_of(std::vector<std::pair<std::string, std::string>> const& images, // id's begin, parent's begin
    std::vector<store::TagRecord> const& tags)
{
    Index index;
    for (auto const& [id, parent] : images) {
        auto image = std::make_shared<store::ImageRecord>();
        image->id = image->layer = id_of(id);
        image->parent = parent.empty() ? "" : id_of(parent);
        image->size = 10;
        index.by_id.emplace(image->id, image);
    }
    for (auto const& tag : tags)
        index.tags[tag.repository][tag.tag] = id_of(tag.image);
    return index;
}

class Bytes final : public Source {
public:
    explicit Bytes(std::string bytes, bool cut = false)
        : m_bytes(std::move(bytes))
        , m_cut(cut)
    {
    }
    Result<size_t> read(void* into, size_t capacity) override
    {
        size_t const n = std::min({ capacity, m_bytes.size(), size_t { 7 } });
        if (n == 0 && m_cut)
            return Error { STAITHE_IO, 0, "cut" };
        std::memcpy(into, m_bytes.data(), n);
        m_bytes.erase(0, n);
        return n;
    }

private:
    std::string m_bytes;
    bool m_cut;
};

struct Told final : api::Progress {
    void status(std::string_view text) override { statuses.emplace_back(text); }
    void advance(std::string_view, uint64_t current, uint64_t) override { reached = current; }
    void finished() override { ++ends; }
    bool cancelled() override { return gone; }
    std::vector<std::string> statuses;
    uint64_t reached = 0;
    int ends = 0;
    bool gone = false;
};

struct Room {
    Room() { open(); }
    void open()
    {
        library.reset();
        store::Contents contents;
        store = std::move(store::Store::open(directory.path, contents)).value();
        layers = std::make_unique<layers::Layers>(
            layers::LayersOptions { "fake", directory.path, store->identity() }, catalog, log, contents.layers);
        library = std::make_unique<Library>(Library::Needs { *store, *layers, catalog, log, "0", directory.path,
                                                [this](std::string_view status, std::string const& id) {
                                                    events += std::string(status) + ":" + id.substr(0, 1) + " ";
                                                },
                                                digest_delay },
            Library::Known { std::move(contents.images), std::move(contents.tags), std::move(contents.layers) });
    }
    Result<std::string> import(Source& body, std::string source = "-", std::string repository = "box")
    {
        return library->import("r", { std::move(source), std::move(repository), "" }, body, told);
    }
    Result<std::vector<api::ImageSummary>> all(std::string glob = "")
    {
        api::ImageFilter filter;
        filter.name = std::move(glob);
        return library->list(filter);
    }
    std::string imported(std::string const& bytes = "0123456789abcdef", std::string repository = "box")
    {
        Bytes body(bytes);
        auto const id = import(body, "-", std::move(repository));
        BOOST_REQUIRE(id);
        return id.value();
    }
    doubles::FakeStorage& storage() { return *catalog.storage_driver; }
    /// How many layers the driver has.
    size_t held()
    {
        std::lock_guard lock(storage().mutex);
        return storage().layers.size();
    }
    /// Spoils the store behind the daemon's back: what then needs the table fails.
    void drop_table(std::string const& table)
    {
        auto database = std::move(store::Database::open(directory.path + "/state.db")).value();
        BOOST_REQUIRE(database->transaction(store::Durability::Durable,
            [&](Poco::Data::Session& session) { session << "DROP TABLE " + table, Poco::Data::Keywords::now; }));
    }
    doubles::TempDirectory directory;
    doubles::FakeCatalog catalog;
    os::Log log { ::open("/dev/null", O_WRONLY | O_CLOEXEC) };
    std::unique_ptr<store::Store> store;
    std::unique_ptr<layers::Layers> layers;
    std::unique_ptr<Library> library;
    Told told;
    std::string events; ///< "untag:a delete:a "
    std::chrono::milliseconds digest_delay { 3'600'000 }; ///< nothing in the background where a test does not want it
};

} // namespace staithe::images
