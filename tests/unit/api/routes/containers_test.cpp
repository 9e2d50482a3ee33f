#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;

BOOST_AUTO_TEST_SUITE(containers)

namespace {

Error const unknown { STAITHE_NOT_FOUND, 0, "No such container: web" };

} // namespace

BOOST_AUTO_TEST_CASE(create_answers_201_with_the_short_id)
{
    House house;
    auto const answer = house.reply({ "POST", "/containers/create", { { "name", "web" } }, R"({"Image":"busybox"})" });
    BOOST_TEST(answer.status == 201);
    BOOST_TEST(answer.content_type == "application/json");
    BOOST_TEST(answer.body == R"({"Id":"cccccccccccc"})");
    BOOST_TEST(house.containers.calls.at(0) == "create web");
    BOOST_TEST(house.containers.config.image == "busybox");
}

BOOST_AUTO_TEST_CASE(create_at_1_0_has_null_warnings)
{
    House house;
    auto const answer = house.reply({ "POST", "/containers/create", {}, "{}", { 1, 0 } });
    BOOST_TEST(answer.body == R"({"Id":"cccccccccccc","Warnings":null})");
}

BOOST_AUTO_TEST_CASE(create_lists_warnings)
{
    House house;
    house.containers.created.warnings = { "w" };
    BOOST_TEST(
        house.outcome({ "POST", "/containers/create", {}, "{}" }) == R"(201 {"Id":"cccccccccccc","Warnings":["w"]})");
}

BOOST_AUTO_TEST_CASE(create_without_a_body_is_eof)
{
    House house;
    BOOST_TEST(house.outcome({ "POST", "/containers/create" }) == "500 EOF");
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(create_refuses_bad_json_before_the_service_hears_of_it)
{
    House house;
    for (auto const* body :
        { "{", "{}x", "[]", "5", "null", R"({"Image":5})", R"({"Memory":1e400})", "{\"Image\":\"\\u0000\"}" })
        BOOST_TEST(house.reply({ "POST", "/containers/create", {}, body }).status == 400, body);
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(create_refuses_a_cut_body)
{
    House house;
    Call call { "POST", "/containers/create", {}, R"({"Image":"a"})" };
    call.body_is_cut = true;
    BOOST_TEST(house.outcome(call) == "500 the body was cut short");
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(create_takes_json_of_any_content_type)
{
    House house;
    Call call { "POST", "/containers/create", {}, R"({"Image":"a"})" };
    for (auto const* type : { "application/json", "text/plain", "plain/text", "" }) {
        call.headers = { { "content-type", type } };
        BOOST_TEST(house.reply(call).status == 201, type);
    }
}

BOOST_AUTO_TEST_CASE(create_refuses_names_with_control_characters)
{
    House house;
    for (auto const* name : { "a\nb", "a\rb", "\x01", "\x7F" })
        BOOST_TEST(house.reply({ "POST", "/containers/create", { { "name", name } }, "{}" }).status == 400);
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(create_of_an_unknown_image_is_404)
{
    House house;
    house.containers.error = Error { STAITHE_NOT_FOUND, 0, "No such image: busybox (tag: latest)" };
    BOOST_TEST(house.outcome({ "POST", "/containers/create", {}, "{}" }) == "404 No such image: busybox (tag: latest)");
}

BOOST_AUTO_TEST_CASE(create_passes_conflicts_on)
{
    House house;
    house.containers.error = Error { STAITHE_EXISTS, 0, "Conflict, /web already exists." };
    BOOST_TEST(house.outcome({ "POST", "/containers/create", {}, "{}" }) == "409 Conflict, /web already exists.");
}

BOOST_AUTO_TEST_CASE(both_list_paths_answer_alike)
{
    House house;
    for (auto const* path : { "/containers/json", "/containers/ps" }) {
        auto const answer = house.reply({ "GET", path });
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(answer.content_type == "application/json");
        BOOST_TEST(answer.body == "[]");
    }
}

BOOST_AUTO_TEST_CASE(list_reads_its_filter)
{
    House house;
    auto const& filter = house.containers.filter;
    house.reply({ "GET", "/containers/json",
        { { "all", "1" }, { "size", "True" }, { "limit", "3" }, { "since", "a" }, { "before", "b" } } });
    BOOST_TEST(filter.all);
    BOOST_TEST(filter.size);
    BOOST_TEST(filter.limit.value() == 3);
    BOOST_TEST(filter.since == "a");
    BOOST_TEST(filter.before == "b");
    house.reply({ "GET", "/containers/json" });
    BOOST_TEST(!filter.all);
    BOOST_TEST(!filter.size);
    BOOST_TEST(!filter.limit.has_value());
}

BOOST_AUTO_TEST_CASE(list_limits_are_lenient)
{
    House house;
    auto const& filter = house.containers.filter;
    auto const list = [&](char const* limit) { house.reply({ "GET", "/containers/json", { { "limit", limit } } }); };
    list("0");
    BOOST_TEST(filter.limit.value() == 0);
    for (auto const* none : { "x", "-1", "" }) {
        list(none);
        BOOST_TEST(!filter.limit.has_value(), none);
        BOOST_TEST(!filter.all, none);
    }
    list("-2");
    BOOST_TEST(!filter.limit.has_value());
    BOOST_TEST(filter.all);
}

BOOST_AUTO_TEST_CASE(sizes_come_unasked_at_1_2_only)
{
    House house;
    for (auto const version : versions::accepted()) {
        house.reply({ "GET", "/containers/json", {}, {}, version });
        BOOST_TEST(house.containers.filter.size == (version == http::ApiVersion { 1, 2 }));
    }
}

BOOST_AUTO_TEST_CASE(list_refuses_bad_booleans)
{
    House house;
    for (auto const* key : { "all", "size" })
        BOOST_TEST(house.outcome({ "GET", "/containers/json", { { key, "yes" } } }) == "400 Bad parameter");
}

BOOST_AUTO_TEST_CASE(inspect_writes_the_keys_of_its_version)
{
    House house;
    house.containers.details.id = "abc";
    auto const body = [&](http::ApiVersion version) {
        return house.reply({ "GET", "/containers/web/json", {}, {}, version }).body;
    };
    BOOST_TEST(body({ 1, 1 }).starts_with(R"({"Id":"abc","Created")"));
    BOOST_TEST(body({ 1, 2 }).starts_with(R"({"ID":"abc","Id":"abc","Created")"));
    BOOST_TEST(house.containers.calls.at(0) == "inspect web");
}

BOOST_AUTO_TEST_CASE(names_may_hold_slashes)
{
    House house;
    house.reply({ "GET", "/containers/web/db/json" });
    BOOST_TEST(house.containers.calls.at(0) == "inspect web/db");
}

BOOST_AUTO_TEST_CASE(inspect_of_an_unknown_container_is_404)
{
    House house;
    house.containers.error = unknown;
    BOOST_TEST(house.outcome({ "GET", "/containers/web/json" }) == "404 No such container: web");
}

BOOST_AUTO_TEST_CASE(remove_answers_204)
{
    House house;
    auto const answer = house.reply({ "DELETE", "/containers/web" });
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(answer.body.empty());
    BOOST_TEST(answer.content_type == "text/plain; charset=utf-8");
    BOOST_TEST(house.outcome({ "DELETE", "/containers/web", { { "v", "1" } } }) == "204");
    BOOST_TEST(house.containers.calls == (std::vector<std::string> { "remove web", "remove web volumes" }));
}

BOOST_AUTO_TEST_CASE(remove_of_a_running_container_is_406)
{
    House house;
    house.containers.error =
        Error { STAITHE_CONFLICT, 0, "Impossible to remove a running container, please stop it first" };
    BOOST_TEST(house.reply({ "DELETE", "/containers/web" }).status == 406);
}

BOOST_AUTO_TEST_CASE(remove_of_links_never_removes_a_container)
{
    House house;
    Call const call { "DELETE", "/containers/web/db", { { "link", "1" }, { "v", "1" } } };
    BOOST_TEST(house.outcome(call) == "204");
    house.containers.error = Error { STAITHE_CONFLICT, 0, "Conflict, cannot remove the default name of the container" };
    BOOST_TEST(house.outcome(call) == "409 Conflict, cannot remove the default name of the container");
    house.containers.error = Error { STAITHE_NOT_FOUND, 0, "No such link: web/db" };
    BOOST_TEST(house.outcome(call) == "404 No such link: web/db");
    for (auto const& done : house.containers.calls)
        BOOST_TEST(done == "unlink web/db");
}

BOOST_AUTO_TEST_CASE(inspect_refuses_names_that_images_have_too)
{
    House house;
    house.images.is_empty = false;
    for (auto const version : versions::accepted())
        BOOST_TEST(house.outcome({ "GET", "/containers/web/json", {}, {}, version })
            == "409 Conflict between containers and images");
    BOOST_TEST(house.images.calls.at(0) == "inspect web");
}

BOOST_AUTO_TEST_CASE(inspect_by_the_whole_id_asks_no_image)
{
    House house;
    house.images.is_empty = false;
    house.containers.details.id = std::string(64, 'd');
    BOOST_TEST(house.reply({ "GET", "/containers/" + std::string(64, 'd') + "/json" }).status == 200);
    BOOST_TEST(house.images.calls.empty());
}

BOOST_AUTO_TEST_CASE(a_name_is_no_conflict_with_the_first_digits_of_an_image)
{
    House house;
    house.images.is_empty = false;
    house.images.details.id = "dbdbdbdbdbdb" + std::string(52, '0');
    house.containers.details.name = "/db";
    BOOST_TEST(house.reply({ "GET", "/containers/db/json" }).status == 200);
    house.containers.details.name = "/dbdbdbdbdbdb";
    BOOST_TEST(house.reply({ "GET", "/containers/dbdbdbdbdbdb/json" }).status == 409);
    house.containers.details.name = "/other";
    BOOST_TEST(house.reply({ "GET", "/containers/db/json" }).status == 409);
}

BOOST_AUTO_TEST_CASE(port_specs_are_published_before_1_6)
{
    House house;
    for (auto const version : versions::accepted()) {
        house.reply({ "POST", "/containers/create", { { "name", "web" } }, R"({"PortSpecs":["80"]})", version });
        BOOST_TEST(house.containers.create_options.publish_port_specs == (version < http::ApiVersion { 1, 6 }));
        BOOST_TEST(house.containers.create_options.name == "web");
        BOOST_TEST(!house.containers.create_options.host_config.has_value());
    }
}

BOOST_AUTO_TEST_CASE(create_hands_a_host_config_over)
{
    House house;
    house.reply({ "POST", "/containers/create", {}, R"({"Image":"a","HostConfig":{"Binds":["/a:/b"]}})" });
    BOOST_TEST(house.containers.create_options.host_config.value().binds.at(0) == "/a:/b");
    BOOST_TEST(house.reply({ "POST", "/containers/create", {}, R"({"HostConfig":{"Binds":5}})" }).status == 400);
}

namespace {

api::ProcessTable const processes { { "PID", "TTY", "TIME", "CMD" }, { { "1", "?", "00:00:00", "sleep 10" } } };

}

BOOST_AUTO_TEST_CASE(top_does_not_exist_before_1_3)
{
    House house;
    for (int minor = 0; minor < 3; ++minor)
        BOOST_TEST(house.outcome({ "GET", "/containers/web/top", {}, {}, { 1, minor } }) == "404 404 page not found");
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(top_is_a_list_at_1_3)
{
    House house;
    Call const call { "GET", "/containers/web/top", { { "ps_args", "aux" } }, {}, { 1, 3 } };
    BOOST_TEST(house.outcome(call) == "200 null");
    house.containers.processes = processes;
    BOOST_TEST(house.outcome(call) == R"(200 [{"PID":"1","Tty":"?","Time":"00:00:00","Cmd":"sleep 10"}])");
    BOOST_TEST(house.containers.calls.back() == "top web");
}

BOOST_AUTO_TEST_CASE(top_is_a_table_from_1_4_on)
{
    House house;
    house.containers.processes = processes;
    for (int minor = 4; minor <= 6; ++minor)
        BOOST_TEST(house.outcome({ "GET", "/containers/web/top", { { "ps_args", "-o pid" } }, {}, { 1, minor } })
            == R"(200 {"Titles":["PID","TTY","TIME","CMD"],"Processes":[["1","?","00:00:00","sleep 10"]]})");
    BOOST_TEST(house.containers.calls.back() == "top web -o pid");
    house.containers.error = unknown;
    BOOST_TEST(house.outcome({ "GET", "/containers/web/top" }) == "404 No such container: web");
}

BOOST_AUTO_TEST_CASE(changes_are_null_or_a_list)
{
    House house;
    Call const call { "GET", "/containers/web/changes" };
    auto const answer = house.reply(call);
    BOOST_TEST(answer.content_type == "application/json");
    BOOST_TEST(answer.body == "null");
    using Kind = api::FileChange::Kind;
    house.containers.differences = { { "/etc", Kind::Modified }, { "/etc/a", Kind::Added }, { "/b", Kind::Deleted } };
    BOOST_TEST(
        house.outcome(call) == R"(200 [{"Path":"/etc","Kind":0},{"Path":"/etc/a","Kind":1},{"Path":"/b","Kind":2}])");
    house.containers.error = unknown;
    BOOST_TEST(house.outcome(call) == "404 No such container: web");
}

BOOST_AUTO_TEST_CASE(remove_refuses_bad_booleans)
{
    House house;
    BOOST_TEST(house.outcome({ "DELETE", "/containers/web", { { "v", "2" } } }) == "400 Bad parameter");
    BOOST_TEST(house.outcome({ "DELETE", "/containers/web", { { "link", "x" } } }) == "400 Bad parameter");
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_SUITE_END()
