#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(image_check)

namespace {

Call const call { "GET", "/staithe/v1/images/verify" };

} // namespace

BOOST_AUTO_TEST_CASE(every_image_is_one_object_after_the_messages)
{
    House house;
    house.images.checks = { { "a", { "r:1", "r:2" }, true, "" }, { "b", {}, false, "layer 'b': /etc differs" } };
    house.images.work = [](api::Progress& progress) -> Result<std::string> {
        progress.status("Verifying a");
        progress.advance("Reading", 5, 5);
        progress.finished();
        return std::string();
    };
    auto const exchange = house.call(call);
    BOOST_TEST(exchange.stream_status == 200);
    BOOST_TEST(exchange.stream_type == "application/json");
    BOOST_TEST(exchange.chunks
        == (Texts { R"J({"status":"Verifying a"})J", R"J({"status":"Reading","progress":"     5 B/5 B (100%)"})J", "{}",
            R"J({"Id":"a","Tags":["r:1","r:2"],"Good":true,"Problem":""})J",
            R"J({"Id":"b","Tags":[],"Good":false,"Problem":"layer 'b': /etc differs"})J" }));
    BOOST_TEST(exchange.ended);
}

BOOST_AUTO_TEST_CASE(one_image_or_all)
{
    House house;
    house.call(call);
    auto one = call;
    one.query = { { "name", "localhost:5000/a:1" } };
    house.call(one);
    BOOST_TEST(house.images.calls == (Texts { "verify ", "verify localhost:5000/a:1" }));
}

BOOST_AUTO_TEST_CASE(no_image_at_all_is_an_empty_answer)
{
    House house;
    auto const exchange = house.call(call);
    BOOST_TEST(exchange.stream_status == 200);
    BOOST_TEST(exchange.chunks.empty());
    BOOST_TEST(exchange.ended);
}

BOOST_AUTO_TEST_CASE(the_form_is_the_same_below_every_prefix)
{
    House house;
    house.images.checks = { { "a", {}, true, "" } };
    auto old = call;
    old.version = versions::oldest;
    BOOST_TEST(house.call(old).stream_type == "application/json");
}

BOOST_AUTO_TEST_CASE(failures_are_told_where_they_happen)
{
    House house;
    house.images.work = [](api::Progress& progress) -> Result<std::string> {
        progress.status("s");
        return Error { STAITHE_IO, 0, "cannot read layer 'a'" };
    };
    BOOST_TEST(house.call(call).chunks.back()
        == R"J({"error":"cannot read layer 'a'","errorDetail":{"message":"cannot read layer 'a'"}})J");
    house.images.error = Error { STAITHE_NOT_FOUND, 0, "No such image: x" };
    BOOST_TEST(house.outcome(call) == "404 No such image: x");
}

BOOST_AUTO_TEST_SUITE_END()
