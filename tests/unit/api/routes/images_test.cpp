#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(images)

namespace {

constexpr uint64_t mega = 1 << 20;
std::string const id(64, 'f');

Result<std::string> import_with_progress(api::Progress& progress)
{
    progress.status("Downloading from http://x");
    progress.advance("Importing", mega / 2, mega);
    progress.advance("Importing", mega, mega);
    progress.finished();
    return id;
}

Call import_call(http::ApiVersion version)
{
    return { "POST", "/images/create", { { "fromSrc", "-" }, { "repo", "r" }, { "tag", "t" } }, "tar bytes", version };
}

} // namespace

BOOST_AUTO_TEST_CASE(import_hands_body_and_names_over)
{
    House house;
    house.images.work = import_with_progress;
    house.call(import_call({ 1, 6 }));
    BOOST_TEST(house.images.body == "tar bytes");
    BOOST_TEST(house.images.request.source == "-");
    BOOST_TEST(house.images.request.repository == "r");
    BOOST_TEST(house.images.request.tag == "t");
}

BOOST_AUTO_TEST_CASE(import_at_1_0_streams_raw_text)
{
    House house;
    house.images.work = import_with_progress;
    auto const exchange = house.call(import_call({ 1, 0 }));
    BOOST_TEST(exchange.stream_type == "text/plain; charset=utf-8");
    BOOST_TEST(exchange.chunks
        == (Texts { "Downloading from http://x\r\n", "Importing 524.3 kB/1.049 MB (50%)\r",
            "Importing 1.049 MB/1.049 MB (100%)\r", "\r\n", "ffffffffffff\r\n" }));
    BOOST_TEST(exchange.ended);
}

BOOST_AUTO_TEST_CASE(import_at_1_1_streams_objects_one_per_chunk)
{
    House house;
    house.images.work = import_with_progress;
    auto const exchange = house.call(import_call({ 1, 1 }));
    BOOST_TEST(exchange.stream_status == 200);
    BOOST_TEST(exchange.stream_type == "application/json");
    BOOST_TEST(exchange.chunks
        == (Texts { R"J({"status":"Downloading from http://x"})J", R"J({"progress":"524.3 kB/1.049 MB (50%)"})J",
            R"J({"progress":"1.049 MB/1.049 MB (100%)"})J", "{}", R"J({"status":"ffffffffffff"})J" }));
}

BOOST_AUTO_TEST_CASE(import_from_1_2_on_names_the_action)
{
    House house;
    house.images.work = import_with_progress;
    for (int minor = 2; minor <= 6; ++minor)
        BOOST_TEST(house.call(import_call({ 1, minor })).chunks.at(1)
            == R"J({"status":"Importing","progress":"524.3 kB/1.049 MB (50%)"})J");
}

BOOST_AUTO_TEST_CASE(import_errors_before_the_first_message_have_a_status)
{
    House house;
    house.images.work = [](api::Progress&) -> Result<std::string> {
        return Error { STAITHE_INVALID, 0, "Tarball too short" };
    };
    auto const exchange = house.call(import_call({ 1, 6 }));
    BOOST_TEST(exchange.reply->status == 500);
    BOOST_TEST(exchange.reply->body == "Tarball too short\n");
    BOOST_TEST(exchange.chunks.empty());
}

BOOST_AUTO_TEST_CASE(import_errors_after_the_first_message_are_in_the_stream)
{
    House house;
    house.images.work = [](api::Progress& progress) -> Result<std::string> {
        progress.status("s");
        return Error { STAITHE_IO, 0, "it <broke>" };
    };
    BOOST_TEST(house.call(import_call({ 1, 0 })).chunks.at(1) == "Error: it <broke>\r\n");
    BOOST_TEST(house.call(import_call({ 1, 1 })).chunks.at(1) == R"J({"error":"it \u003cbroke\u003e"})J");
    BOOST_TEST(house.call(import_call({ 1, 4 })).chunks.at(1)
        == R"J({"error":"it \u003cbroke\u003e","errorDetail":{"message":"it \u003cbroke\u003e"}})J");
}

BOOST_AUTO_TEST_CASE(import_of_a_cut_body_is_an_error)
{
    House house;
    house.images.work = import_with_progress;
    auto call = import_call({ 1, 6 });
    call.body_is_cut = true;
    BOOST_TEST(house.outcome(call) == "500 the body was cut short");
}

BOOST_AUTO_TEST_CASE(progress_is_thinned_out)
{
    House house;
    house.images.work = [](api::Progress& progress) -> Result<std::string> {
        for (uint64_t done = 0; done < 1000 * mega; done += mega / 16)
            progress.advance("Importing", done, 1000 * mega);
        progress.finished();
        return id;
    };
    // Every 512 KiB, the last, the end and the id.
    BOOST_TEST(house.call(import_call({ 1, 6 })).chunks.size() == 1999u + 1 + 2);
    house.images.work = [](api::Progress& progress) -> Result<std::string> {
        for (uint64_t done = 0; done <= mega; done += 64)
            progress.advance("Importing", done, mega);
        progress.finished();
        return id;
    };
    auto const chunks = house.call(import_call({ 1, 6 })).chunks;
    BOOST_TEST(chunks.size() <= 103u);
    BOOST_TEST(chunks.at(chunks.size() - 3) == R"J({"status":"Importing","progress":"1.049 MB/1.049 MB (100%)"})J");
}

BOOST_AUTO_TEST_CASE(progress_of_unknown_length_counts_bytes)
{
    House house;
    house.images.work = [](api::Progress& progress) -> Result<std::string> {
        progress.advance("Importing", 524'288, 0);
        progress.advance("Importing", 524'300, 0);
        progress.finished();
        return id;
    };
    BOOST_TEST(house.call(import_call({ 1, 6 })).chunks
        == (Texts { R"J({"status":"Importing","progress":"  524288/? (n/a)"})J",
            R"J({"status":"Importing","progress":"  524300/? (n/a)"})J", "{}", R"J({"status":"ffffffffffff"})J" }));
}

BOOST_AUTO_TEST_CASE(a_client_that_has_gone_cancels)
{
    House house;
    bool before = true, after = false;
    house.images.work = [&](api::Progress& progress) -> Result<std::string> {
        before = progress.cancelled();
        progress.status("s");
        after = progress.cancelled();
        return Error { STAITHE_CANCELLED, 0, "cancelled" };
    };
    house.call(import_call({ 1, 6 }));
    BOOST_TEST(!before);
    BOOST_TEST(!after);
    auto call = import_call({ 1, 6 });
    call.client_is_gone = true;
    house.call(call);
    BOOST_TEST(before);
    BOOST_TEST(after);
}

BOOST_AUTO_TEST_CASE(import_sources_without_scheme_are_http)
{
    House house;
    house.images.work = [](api::Progress&) -> Result<std::string> { return id; };
    auto const source = [&](char const* text) {
        house.call({ "POST", "/images/create", { { "fromSrc", text } } });
        return house.images.request.source;
    };
    BOOST_TEST(source("example.org/a.tar") == "http://example.org/a.tar");
    BOOST_TEST(source("https://example.org/a.tar") == "https://example.org/a.tar");
}

BOOST_AUTO_TEST_CASE(pulls_say_that_there_is_no_registry_driver)
{
    House house;
    auto const answer = house.reply({ "POST", "/images/create", { { "fromImage", "busybox" } } });
    BOOST_TEST(answer.status >= 500);
    BOOST_TEST(answer.body
        == "cannot pull 'busybox': no registry driver is installed; import a root file system with fromSrc instead\n");
    BOOST_TEST(house.images.calls.empty());
}

BOOST_AUTO_TEST_CASE(create_needs_a_source)
{
    House house;
    BOOST_TEST(house.reply({ "POST", "/images/create" }).status == 400);
}

BOOST_AUTO_TEST_CASE(uploads_have_their_own_lane)
{
    House house;
    BOOST_TEST((house.router.match("POST", "/images/create").route->lane == http::BodyLane::Upload));
    BOOST_TEST((house.router.match("POST", "/images/a/insert").route->lane == http::BodyLane::Upload));
    BOOST_TEST((house.router.match("GET", "/staithe/v1/images/verify").route->lane == http::BodyLane::Upload));
    BOOST_TEST((house.router.match("POST", "/containers/create").route->lane == http::BodyLane::Short));
}

BOOST_AUTO_TEST_CASE(list_reads_its_filter)
{
    House house;
    BOOST_TEST(house.outcome({ "GET", "/images/json" }) == "200 []");
    BOOST_TEST(!house.images.filter.all);
    house.reply({ "GET", "/images/json", { { "all", "1" }, { "filter", "ub*" } } });
    BOOST_TEST(house.images.filter.all);
    BOOST_TEST(house.images.filter.name == "ub*");
    BOOST_TEST(house.outcome({ "GET", "/images/json", { { "all", "yes" } } }) == "400 Bad parameter");
}

BOOST_AUTO_TEST_CASE(names_may_hold_ports_and_slashes)
{
    House house;
    house.images.is_empty = false, house.containers.is_empty = true;
    BOOST_TEST(house.reply({ "GET", "/images/localhost:5000/foo/bar:1/json" }).status == 200);
    BOOST_TEST(house.images.calls.at(0) == "inspect localhost:5000/foo/bar:1");
    house.reply({ "GET", "/images/localhost:5000/a/b:tag/history" });
    house.reply({ "POST", "/images/localhost:5000/a/b:tag/tag", { { "repo", "host:5000/c/d" }, { "tag", "1" } } });
    house.reply({ "DELETE", "/images/localhost:5000/a/b:tag" });
    house.reply({ "GET", "/images/a/json/history/json" });
    house.reply({ "GET", "/images/viz/history" });
    BOOST_TEST(house.images.calls.back() == "history viz");
    house.images.calls.resize(5);
    BOOST_TEST(house.images.calls
        == (Texts { "inspect localhost:5000/foo/bar:1", "history localhost:5000/a/b:tag",
            "tag localhost:5000/a/b:tag host:5000/c/d:1", "remove localhost:5000/a/b:tag", "inspect a/json/history" }));
}

BOOST_AUTO_TEST_CASE(remove_lists_its_steps_from_1_2_on)
{
    House house;
    house.images.removed = { { true, id }, { false, id } };
    for (int minor = 2; minor <= 6; ++minor)
        BOOST_TEST(house.outcome({ "DELETE", "/images/a/b:c", {}, {}, { 1, minor } })
            == R"(200 [{"Untagged":"ffffffffffff"},{"Deleted":"ffffffffffff"}])");
    BOOST_TEST(house.images.calls.at(0) == "remove a/b:c");
}

BOOST_AUTO_TEST_CASE(remove_is_silent_before_1_2)
{
    House house;
    for (int minor = 0; minor <= 1; ++minor)
        BOOST_TEST(house.outcome({ "DELETE", "/images/a/b:c", {}, {}, { 1, minor } }) == "204");
    BOOST_TEST(house.images.calls == (Texts { "remove one a/b:c", "remove one a/b:c" }));
}

BOOST_AUTO_TEST_CASE(remove_of_nothing_is_a_conflict)
{
    House house;
    house.images.error = Error { STAITHE_CONFLICT, 0, "Conflict, x wasn't deleted" };
    for (int minor = 0; minor <= 6; ++minor)
        BOOST_TEST(house.outcome({ "DELETE", "/images/x", {}, {}, { 1, minor } }) == "409 Conflict, x wasn't deleted");
}

BOOST_AUTO_TEST_CASE(unknown_images_are_404)
{
    House house;
    house.images.error = Error { STAITHE_NOT_FOUND, 0, "No such image: x" };
    BOOST_TEST(house.outcome({ "GET", "/images/x/json" }) == "404 No such image: x");
    BOOST_TEST(house.outcome({ "DELETE", "/images/x" }) == "404 No such image: x");
    BOOST_TEST(house.outcome({ "DELETE", "/images/x", {}, {}, { 1, 1 } }) == "404 No such image: x");
    BOOST_TEST(house.outcome({ "GET", "/images/x/history" }) == "404 No such image: x");
    BOOST_TEST(house.outcome({ "POST", "/images/x/tag", { { "repo", "r" } } }) == "404 No such image: x");
    BOOST_TEST(
        house.outcome({ "POST", "/images/x/insert", { { "url", "u" }, { "path", "/p" } } }) == "404 No such image: x");
}

BOOST_AUTO_TEST_CASE(inspect_refuses_names_that_containers_have_too)
{
    House house;
    house.images.is_empty = false;
    BOOST_TEST(house.outcome({ "GET", "/images/web/json" }) == "409 Conflict between containers and images");
    BOOST_TEST(house.containers.calls.at(0) == "inspect web");
    house.images.details.id = id;
    BOOST_TEST(house.reply({ "GET", "/images/" + id + "/json" }).status == 200);
}

namespace {

std::string const question = R"({"Id":"parent","Cmd":["sh"]})";

}

BOOST_DATA_TEST_CASE(the_cache_answers_up_to_1_4, boost::unit_test::data::xrange(7), minor)
{
    House house;
    house.images.child = id;
    auto const outcome = house.outcome({ "POST", "/images/getCache", {}, question, { 1, minor } });
    BOOST_TEST(outcome == (minor <= 4 ? "200 {\"Id\":\"" + id + "\"}" : "404 404 page not found"));
    BOOST_TEST(house.images.calls.size() == (minor <= 4 ? 1u : 0u));
}

BOOST_AUTO_TEST_CASE(the_cache_is_asked_with_parent_and_config)
{
    House house;
    house.images.child = id;
    house.reply({ "POST", "/images/getCache", {}, question, { 1, 0 } });
    BOOST_TEST(house.images.calls.at(0) == "cached child of parent");
    BOOST_TEST(house.images.config.command->at(0) == "sh");
    BOOST_TEST(house.outcome({ "POST", "/images/getCache", {}, "", { 1, 0 } }) == "500 EOF");
    BOOST_TEST(house.reply({ "POST", "/images/getCache", {}, "{", { 1, 0 } }).status == 400);
}

BOOST_AUTO_TEST_CASE(the_cache_is_silent_about_what_it_lacks)
{
    House house;
    Call const call { "POST", "/images/getCache", {}, question, { 1, 4 } };
    BOOST_TEST(house.outcome(call) == "404");
    house.images.error = Error { STAITHE_NOT_FOUND, 0, "No such image: parent" };
    BOOST_TEST(house.outcome(call) == "404");
    house.images.error = Error { STAITHE_IO, 0, "cannot read" };
    BOOST_TEST(house.outcome(call) == "500 cannot read");
}

BOOST_AUTO_TEST_SUITE_END()
