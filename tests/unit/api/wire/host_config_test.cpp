#include "api/wire/host_config.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;
using wire::decode_host_config;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(host_config)

BOOST_AUTO_TEST_CASE(every_key_is_read)
{
    auto const host = decode_host_config(R"({"Binds":["/a:/b:ro"],"Links":["db:db"],"ContainerIDFile":"/x",
        "Privileged":true,"PublishAllPorts":true,
        "PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"},{"HostPort":""}],"53":null}})")
                          .value();
    BOOST_TEST(host.binds == Texts { "/a:/b:ro" });
    BOOST_TEST(host.links == Texts { "db:db" });
    BOOST_TEST(host.container_id_file == "/x");
    BOOST_TEST(host.privileged);
    BOOST_TEST(host.publish_all_ports);
    auto const& bindings = host.port_bindings.at("80/tcp");
    BOOST_TEST(bindings.size() == 2u);
    BOOST_TEST(bindings[0].host_ip == "127.0.0.1");
    BOOST_TEST(bindings[0].host_port == "8080");
    BOOST_TEST(host.port_bindings.at("53/tcp").empty());
}

BOOST_AUTO_TEST_CASE(lxc_conf_is_a_list_or_a_map)
{
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    Pairs const wanted { { "lxc.a", "1" }, { "lxc.b", "2" } };
    auto const list = R"({"LxcConf":[{"Key":"lxc.a","Value":"1"},{"key":"lxc.b","value":"2"}]})";
    auto const map = R"({"lxcconf":{"lxc.a":"1","lxc.b":"2"}})";
    BOOST_TEST((decode_host_config(list).value().lxc_conf == wanted));
    BOOST_TEST((decode_host_config(map).value().lxc_conf == wanted));
    for (auto const* none : { R"({"LxcConf":null})", R"({"LxcConf":[]})", R"({"LxcConf":{}})", "{}" })
        BOOST_TEST(decode_host_config(none).value().lxc_conf.empty());
}

BOOST_AUTO_TEST_CASE(wrong_types_are_named)
{
    auto const message = [](char const* body) { return decode_host_config(body).error().message; };
    BOOST_TEST(message("[]") == "cannot use list as object for 'HostConfig'");
    BOOST_TEST(message(R"({"LxcConf":"x"})") == "cannot use text as list for 'LxcConf'");
    BOOST_TEST(message(R"({"LxcConf":{"a":1}})") == "cannot use number as text for 'LxcConf'");
    BOOST_TEST(message(R"({"LxcConf":["a"]})") == "cannot use text as object for 'LxcConf'");
    BOOST_TEST(message(R"({"Binds":"a:b"})") == "cannot use text as list for 'Binds'");
    BOOST_TEST(message(R"({"PortBindings":[]})") == "cannot use list as object for 'PortBindings'");
    BOOST_TEST(message(R"({"PortBindings":{"80":{}}})") == "cannot use object as list for 'PortBindings'");
    BOOST_TEST(message(R"({"PortBindings":{"80":[1]}})") == "cannot use number as object for 'PortBindings'");
    BOOST_TEST(message(R"({"PortBindings":{"80":[{"HostPort":80}]}})") == "cannot use number as text for 'HostPort'");
    BOOST_TEST(message(R"({"Privileged":1})") == "cannot use number as boolean for 'Privileged'");
}

BOOST_AUTO_TEST_CASE(an_empty_object_is_all_defaults)
{
    auto const host = decode_host_config("{}").value();
    BOOST_TEST(host.binds.empty());
    BOOST_TEST(host.port_bindings.empty());
    BOOST_TEST(!host.privileged);
}

BOOST_AUTO_TEST_SUITE_END()
