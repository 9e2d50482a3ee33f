#include "daemon/images/library.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "daemon/images/pipe.hpp"
#include "daemon/images/reference.hpp"
#include "tests/unit/daemon/images/room.hpp"

using namespace staithe;
using namespace staithe::images;

namespace {

std::string found(Index const& index, std::string_view name)
{
    auto const image = index.find(name);
    return image ? image->id : "";
}

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

BOOST_FIXTURE_TEST_CASE(import_makes_an_image_that_survives_a_restart, Room)
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

BOOST_FIXTURE_TEST_CASE(a_cut_import_leaves_nothing_wherever_it_is_cut, Room)
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

BOOST_FIXTURE_TEST_CASE(import_from_a_url, Room)
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

BOOST_FIXTURE_TEST_CASE(a_new_image_takes_the_tag_and_a_pinned_one_stays, Room)
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

BOOST_AUTO_TEST_CASE(a_reader_that_waits_in_vain_is_asked_whether_anybody_waits_for_it)
{
    std::atomic<bool> stopped = false;
    int questions = 0;
    auto const result = piped(
        [&](drivers::CancelFlag const& cancel, Sink& into) -> Result<void> { // a server that falls silent
            STAITHE_TRY(into.write("abc", 3));
            while (!*cancel)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            stopped = true;
            return {};
        },
        [](Source& from) -> Result<uint64_t> {
            char buffer[8];
            uint64_t total = 0;
            while (size_t const n = STAITHE_TRY(from.read(buffer, sizeof buffer)))
                total += n;
            return total;
        },
        [&] { return ++questions == 2; });
    BOOST_REQUIRE(!result);
    BOOST_TEST(result.error().code == STAITHE_CANCELLED);
    BOOST_TEST(stopped);
}
