#include "daemon/images/library.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <cstring>
#include <thread>

#include "daemon/images/pipe.hpp"
#include "daemon/images/reference.hpp"
#include "tests/doubles/drivers/fake_drivers.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;
using namespace staithe::images;

namespace {

std::string id_of(std::string const& begin)
{
    return begin + std::string(64 - begin.size(), '0');
}

Index index_of(std::vector<std::pair<std::string, std::string>> const& images, // id's begin, parent's begin
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

std::string found(Index const& index, std::string_view name)
{
    auto const image = index.find(name);
    return image ? image->id : "";
}

UserOf nobody()
{
    return [](std::string const&) { return std::string(); };
}

/// "U:a D:a D:b", or the error.
std::string deleted(Index const& index, std::string_view name, UserOf const& user_of = nobody())
{
    auto const plan = plan_deletion(index, name, user_of);
    if (!plan)
        return plan.error().message;
    std::string text;
    for (auto const& step : plan.value().steps)
        text += std::string(text.empty() ? "" : " ") + (step.untagged ? "U:" : "D:") + step.id.substr(0, 1);
    return text;
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

struct Fixture {
    Fixture() { open(); }
    void open()
    {
        library.reset();
        store::Contents contents;
        store = std::move(store::Store::open(directory.path, contents)).value();
        layers = std::make_unique<layers::Layers>(
            layers::LayersOptions { "fake", directory.path, store->identity() }, catalog, log, contents.layers);
        library = std::make_unique<Library>(
            Library::Needs { *store, *layers, catalog, log, "0" }, std::move(contents.images), contents.tags);
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
    doubles::TempDirectory directory;
    doubles::FakeCatalog catalog;
    os::Log log { ::open("/dev/null", O_WRONLY | O_CLOEXEC) };
    std::unique_ptr<store::Store> store;
    std::unique_ptr<layers::Layers> layers;
    std::unique_ptr<Library> library;
    Told told;
};

} // namespace

BOOST_AUTO_TEST_CASE(references)
{
    auto const is = [](std::string_view name, std::string_view repository, std::string_view tag, bool has) {
        auto const r = parse_reference(name);
        BOOST_TEST_INFO(name);
        BOOST_TEST((r.repository == repository && r.tag == tag && r.has_tag == has));
    };
    is("a", "a", "latest", false);
    is("a:b", "a", "b", true);
    is("a:", "a", "latest", false);
    is("host:5000/a", "host:5000/a", "latest", false);
    is("host:5000/a:b", "host:5000/a", "b", true);
    BOOST_TEST(static_cast<bool>(check_tag("1.0")));
    BOOST_TEST(!check_tag("a/b"));
    BOOST_TEST(!check_tag("a:b"));
    BOOST_TEST(glob_matches("u*", "ubuntu"));
    BOOST_TEST(glob_matches("[a-u]buntu", "ubuntu"));
    BOOST_TEST(!glob_matches("*", "user/app"));
    BOOST_TEST(glob_matches("user/*", "user/app"));
}

BOOST_AUTO_TEST_CASE(lookup)
{
    auto const index = index_of({ { "abc", "" }, { "abd", "" }, { "cafe", "" } },
        { { "box", "latest", "abc" }, { "box", "old", "abd" }, { "cafe", "latest", "abc" }, { "dead", "x", "gone" } });
    BOOST_TEST(found(index, "abc") == id_of("abc"));
    BOOST_TEST(found(index, id_of("abd")) == id_of("abd"));
    BOOST_TEST(found(index, "ab") == ""); // ambiguous
    BOOST_TEST(found(index, "") == "");
    BOOST_TEST(found(index, "box") == id_of("abc"));
    BOOST_TEST(found(index, "box:old") == id_of("abd"));
    BOOST_TEST(found(index, "box:abd0") == id_of("abd"));
    BOOST_TEST(found(index, "box:none") == "");
    BOOST_TEST(found(index, "cafe") == id_of("cafe")); // the id shadows the repository
    BOOST_TEST(found(index, "dead:x") == "");
    BOOST_TEST(index.display_name(id_of("abc")) == "box:latest");
    BOOST_TEST(index.display_name(id_of("cafe")) == id_of("cafe").substr(0, 12));
}

BOOST_AUTO_TEST_CASE(delete_rules)
{
    // a ← b ← c, and d beside b
    std::vector<std::pair<std::string, std::string>> const chain { { "a", "" }, { "b", "a" }, { "c", "b" } };
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" } }), "x") == "U:c D:c D:b D:a");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" }, { "y", "t", "b" } }), "x") == "U:c D:c");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" }, { "x", "t", "c" } }), "x:t") == "U:c");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" }, { "x", "t", "c" } }), "x") == "U:c U:c D:c D:b D:a");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" }, { "y", "latest", "c" } }), id_of("c"))
        == "Conflict, " + id_of("c") + " wasn't deleted");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" } }), id_of("c")) == "U:c D:c D:b D:a");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" } }), id_of("a"))
        == "Conflict, " + id_of("a") + " wasn't deleted"); // a tagged child holds it
    BOOST_TEST(deleted(index_of(chain, {}), id_of("a")) == "D:c D:b D:a");
    BOOST_TEST(deleted(index_of(chain, {}), "nope") == "No such image: nope");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" } }), "x:c0") == "No such tag: x:c0");
    auto siblings = chain;
    siblings.emplace_back("d", "a");
    BOOST_TEST(deleted(index_of(siblings, { { "x", "latest", "c" } }), "x") == "U:c D:c D:b D:d D:a");
    BOOST_TEST(deleted(index_of(siblings, { { "x", "latest", "c" }, { "y", "1", "d" } }), "x") == "U:c D:c D:b");
}

BOOST_AUTO_TEST_CASE(images_in_use_stay)
{
    std::vector<std::pair<std::string, std::string>> const chain { { "a", "" }, { "b", "a" }, { "c", "b" } };
    auto const tagged = index_of(chain, { { "x", "latest", "c" } });
    auto const used = [](std::string image) {
        return [image](std::string const& id) { return id == id_of(image) ? std::string("/web") : std::string(); };
    };
    BOOST_TEST(deleted(tagged, "x", used("c")) == "Conflict, x wasn't deleted: container '/web' uses it");
    BOOST_TEST(deleted(tagged, "x", used("b")) == "U:c D:c");
    auto const twice = index_of(chain, { { "x", "latest", "c" }, { "x", "t", "c" } });
    BOOST_TEST(deleted(twice, "x:t", used("c")) == "U:c"); // another tag is left
}

BOOST_AUTO_TEST_CASE(a_ring_of_parents_ends)
{
    auto const ring = index_of({ { "a", "b" }, { "b", "a" } }, {});
    BOOST_TEST(deleted(ring, id_of("a")) == "Conflict, " + id_of("a") + " wasn't deleted");
    BOOST_TEST(ring.virtual_size(*ring.find(id_of("a"))) > 0);
}

BOOST_FIXTURE_TEST_CASE(import_makes_an_image_that_survives_a_restart, Fixture)
{
    Bytes body("0123456789abcdef");
    auto const id = import(body);
    BOOST_REQUIRE(id);
    BOOST_TEST(catalog.storage_driver->layers.contains(id.value()));
    BOOST_TEST(told.statuses.empty()); // only URLs show progress
    open();
    auto const details = library->inspect("box");
    BOOST_REQUIRE(details);
    BOOST_TEST(details.value().id == id.value());
    BOOST_TEST(details.value().size == 16);
    BOOST_TEST(details.value().comment == "Imported from -");
    BOOST_TEST(all().value().at(0).repository == "box");
    BOOST_TEST(all("b*").value().size() == 1u);
    BOOST_TEST(all("c*").value().empty());
}

BOOST_FIXTURE_TEST_CASE(a_cut_import_leaves_nothing_wherever_it_is_cut, Fixture)
{
    std::string const whole(100, 'x');
    for (size_t at = 0; at < whole.size(); ++at) {
        Bytes body(whole.substr(0, at), true);
        BOOST_REQUIRE(!import(body));
        BOOST_REQUIRE(catalog.storage_driver->layers.empty());
    }
    BOOST_TEST(library->count() == 0u);
    Bytes nothing("short");
    BOOST_TEST(import(nothing).error().message == "Tarball too short");
    Bytes body(whole);
    told.gone = true;
    BOOST_TEST(import(body).error().code == STAITHE_CANCELLED);
    BOOST_TEST(catalog.storage_driver->layers.empty());
}

BOOST_FIXTURE_TEST_CASE(import_from_a_url, Fixture)
{
    Bytes none("");
    catalog.body = std::string(1'000'000, 'x');
    auto const id = import(none, "example.org/x.tar");
    BOOST_REQUIRE(id);
    BOOST_TEST(catalog.fetched == "http://example.org/x.tar");
    BOOST_TEST(told.reached == 1'000'000u);
    BOOST_TEST(told.ends == 1);
    BOOST_TEST(told.statuses.at(0) == "Downloading from http://example.org/x.tar");
    catalog.fetch_error = "connection reset";
    BOOST_TEST(import(none, "http://example.org/x.tar").error().message == "connection reset");
    BOOST_TEST(catalog.storage_driver->layers.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_new_image_takes_the_tag_and_a_pinned_one_stays, Fixture)
{
    Bytes one("0123456789"), two("0123456789a");
    auto const first = import(one), second = import(two);
    BOOST_REQUIRE((first && second));
    BOOST_TEST(library->inspect("box").value().id == second.value());
    BOOST_TEST(all().value().size() == 2u); // the first is untagged now
    {
        auto const pinned = library->pin("box");
        BOOST_TEST(library->remove("r", "box").error().code == STAITHE_CONFLICT);
    }
    BOOST_REQUIRE(library->remove("r", "box"));
    BOOST_REQUIRE(library->remove("r", first.value()));
    BOOST_TEST(catalog.storage_driver->layers.empty());
    open();
    BOOST_TEST(library->count() == 0u);
}

BOOST_AUTO_TEST_CASE(the_pipe_passes_everything_and_both_ends_can_give_up)
{
    Pipe pipe;
    std::thread writer([&] {
        std::string const chunk(300'000, 'y');
        auto written = pipe.write(chunk.data(), chunk.size());
        pipe.close(std::move(written));
    });
    char buffer[4096];
    size_t total = 0;
    while (size_t const n = pipe.read(buffer, sizeof buffer).value())
        total += n;
    writer.join();
    BOOST_TEST(total == 300'000u);

    Pipe deserted;
    deserted.abandon();
    std::string const chunk(1, 'z');
    BOOST_TEST(deserted.write(chunk.data(), 1).error().code == STAITHE_UNAVAILABLE);
}
