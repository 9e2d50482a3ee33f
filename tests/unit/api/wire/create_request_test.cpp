#include "api/wire/create_request.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(create_request)

BOOST_AUTO_TEST_CASE(a_host_config_inside_is_handed_over)
{
    auto const request = wire::decode_create(R"({"Image":"a","hostconfig":{"Binds":["/a:/b"],
        "PortBindings":{"80":[{"HostIp":"","HostPort":"8080"}]},"Privileged":true,"LxcConf":[],"Links":null,
        "Memory":4194304,"NetworkMode":"default","RestartPolicy":{"Name":""}}})")
                             .value();
    BOOST_TEST(request.config.image == "a");
    BOOST_TEST(request.config.privileged);
    BOOST_TEST(request.config.memory == 4'194'304);
    BOOST_TEST(request.host_config.value().binds.at(0) == "/a:/b");
    BOOST_TEST(request.host_config->port_bindings.at("80/tcp").at(0).host_port == "8080");
    BOOST_TEST(request.host_config->privileged);
}

BOOST_AUTO_TEST_CASE(none_is_none)
{
    BOOST_TEST(!wire::decode_create("{}").value().host_config.has_value());
    BOOST_TEST(!wire::decode_create(R"({"HostConfig":null})").value().host_config.has_value());
}

BOOST_AUTO_TEST_CASE(mistakes_inside_are_told)
{
    BOOST_TEST(wire::decode_create(R"({"HostConfig":{"Binds":{}}})").error().message
        == "cannot use object as list for 'Binds'");
    BOOST_TEST(wire::decode_create("[]").error().message == "cannot use list as object for 'Config'");
}

BOOST_AUTO_TEST_CASE(a_commit_takes_what_it_understands)
{
    auto const config =
        wire::decode_commit(R"({"Cmd":["a","b"],"Env":["K=V"],"portspecs":["80"],"Unknown":1})").value();
    BOOST_TEST(config.command->at(1) == "b");
    BOOST_TEST(config.env->at(0) == "K=V");
    BOOST_TEST(config.port_specs.at(0) == "80");
    BOOST_TEST(wire::decode_commit("{}").has_value());
    for (auto const* const body : { "", "null", "[]", "5", "{", "\"text\"", R"({"Cmd":"a"})", R"({"Memory":"1"})",
             "repo=a&tag=b", "\xff\xfe", R"({"Cmd":["a"]} x)" })
        BOOST_TEST(!wire::decode_commit(body).has_value(), body);
}

BOOST_AUTO_TEST_CASE(the_caches_question_is_a_config_with_an_id)
{
    auto const question = wire::decode_cache_question(R"({"Id":"abc","Cmd":["a"],"Env":[]})").value();
    BOOST_TEST(question.parent == "abc");
    BOOST_TEST(question.config.command->at(0) == "a");
    BOOST_TEST(wire::decode_cache_question("{}").value().parent.empty());
    BOOST_TEST(!wire::decode_cache_question(R"({"Id":5})"));
}

BOOST_AUTO_TEST_SUITE_END()
