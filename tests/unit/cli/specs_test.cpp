#include "cli/specs.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::cli;

namespace {

std::string first_line(staithe::Error const& error)
{
    return "error: " + error.message.substr(0, error.message.find('\n'));
}

std::string port_of(char const* text)
{
    auto const parsed = parse_publication(text);
    if (!parsed)
        return first_line(parsed.error());
    auto const& p = parsed.value();
    return p.host_ip + "|" + p.host_port + "|" + p.port;
}

std::string volume_of(char const* text)
{
    auto const parsed = parse_volume(text);
    if (!parsed)
        return first_line(parsed.error());
    auto const& v = parsed.value();
    return v.is_bind() ? "bind " + v.bind() : "volume " + v.container;
}

using Rows = std::vector<std::pair<char const*, char const*>>;

} // namespace

BOOST_AUTO_TEST_SUITE(specs)

BOOST_AUTO_TEST_CASE(publications)
{
    for (auto const& [text, expected] : Rows {
             { "80", "||80/tcp" },
             { "080", "||80/tcp" },
             { "53/udp", "||53/udp" },
             { "8080:80", "|8080|80/tcp" },
             { ":80", "||80/tcp" },
             { "0:80", "||80/tcp" },
             { "65535:65535/tcp", "|65535|65535/tcp" },
             { "127.0.0.1:8080:80", "127.0.0.1|8080|80/tcp" },
             { "127.0.0.1::80/udp", "127.0.0.1||80/udp" },
             { "", "error: cannot use port '': '' is no number from 1 to 65535" },
             { "0", "error: cannot use port '0': '0' is no number from 1 to 65535" },
             { "65536", "error: cannot use port '65536': '65536' is no number from 1 to 65535" },
             { "-1", "error: cannot use port '-1': '-1' is no number from 1 to 65535" },
             { "80 ", "error: cannot use port '80 ': '80 ' is no number from 1 to 65535" },
             { "http", "error: cannot use port 'http': 'http' is no number from 1 to 65535" },
             { "8080:", "error: cannot use port '8080:': '' is no number from 1 to 65535" },
             { "x:80", "error: cannot use port 'x:80': 'x' is no number from 1 to 65535" },
             { "99999999999999999999:80",
                 "error: cannot use port '99999999999999999999:80': '99999999999999999999' is no number from 1 to "
                 "65535" },
             { "80/sctp", "error: cannot use port '80/sctp': protocol 'sctp' is neither tcp nor udp" },
             { "80/", "error: cannot use port '80/': protocol '' is neither tcp nor udp" },
             { "127.0.0.1:80", "error: cannot use port '127.0.0.1:80': an address alone is not enough" },
             { "256.0.0.1:1:80", "error: cannot use port '256.0.0.1:1:80': '256.0.0.1' is no IPv4 address" },
             { ":1:80", "error: cannot use port ':1:80': '' is no IPv4 address" },
             { "[::1]:1:80", "error: cannot use port '[::1]:1:80': only IPv4 addresses can be published on" },
             { "1:2:3:4", "error: cannot use port '1:2:3:4': only IPv4 addresses can be published on" },
         })
        BOOST_TEST(port_of(text) == expected);
    BOOST_TEST(parse_publication("x").error().message.ends_with(
        "\n  write [[ADDRESS:][HOSTPORT]:]PORT[/tcp|/udp], such as 8080:80"));
}

BOOST_AUTO_TEST_CASE(exposed_ports)
{
    BOOST_TEST(parse_port("80").value() == "80/tcp");
    BOOST_TEST(parse_port("53/udp").value() == "53/udp");
    BOOST_TEST(first_line(parse_port("80:80").error())
        == "error: cannot use port '80:80': '80:80' is no number from 1 to 65535");
}

BOOST_AUTO_TEST_CASE(volumes)
{
    for (auto const& [text, expected] : Rows {
             { "/data", "volume /data" },
             { "/h:/c", "bind /h:/c" },
             { "/h:/c:ro", "bind /h:/c:ro" },
             { "/h:/c:rw", "bind /h:/c:rw" },
             { "", "error: cannot use volume '': '' is no absolute path" },
             { "data", "error: cannot use volume 'data': 'data' is no absolute path" },
             { "/", "error: cannot use volume '/': the root directory cannot be one" },
             { "/a/..//.", "error: cannot use volume '/a/..//.': the root directory cannot be one" },
             { "/h:/", "error: cannot use volume '/h:/': the root directory cannot be one" },
             { "/:/c", "error: cannot use volume '/:/c': the root directory cannot be one" },
             { "h:/c", "error: cannot use volume 'h:/c': 'h' is no absolute path" },
             { ":/c", "error: cannot use volume ':/c': '' is no absolute path" },
             { "/h:", "error: cannot use volume '/h:': '' is no absolute path" },
             { "/h:c", "error: cannot use volume '/h:c': 'c' is no absolute path" },
             { "/h:/c:", "error: cannot use volume '/h:/c:': '' is neither ro nor rw" },
             { "/h:/c:wr", "error: cannot use volume '/h:/c:wr': 'wr' is neither ro nor rw" },
             { "/h:/c:ro:x", "error: cannot use volume '/h:/c:ro:x': it has more than three parts" },
         })
        BOOST_TEST(volume_of(text) == expected);
}

BOOST_AUTO_TEST_CASE(links)
{
    BOOST_TEST(parse_link("db:database").value() == "db:database");
    for (char const* text : { "", "db", ":", "db:", ":x", "a:b:c", "db:x/y" })
        BOOST_TEST(!parse_link(text));
}

BOOST_AUTO_TEST_CASE(keys_and_values)
{
    auto const pair = parse_key_value(" lxc.cgroup.cpus = 0,1=2 ");
    BOOST_REQUIRE(pair);
    BOOST_TEST(pair.value().key == "lxc.cgroup.cpus");
    BOOST_TEST(pair.value().value == "0,1=2");
    BOOST_TEST(parse_key_value("a=").value().value == "");
    for (char const* text : { "", "a", "=b", "  =b" })
        BOOST_TEST(!parse_key_value(text));
}

BOOST_AUTO_TEST_CASE(points_in_time)
{
    int64_t const now = 1'000'000'000;
    BOOST_TEST(parse_since("1384000000", now).value() == 1384000000);
    BOOST_TEST(parse_since("0", now).value() == 0);
    BOOST_TEST(parse_since("90s", now).value() == now - 90);
    BOOST_TEST(parse_since("10m", now).value() == now - 600);
    BOOST_TEST(parse_since("2h", now).value() == now - 7200);
    BOOST_TEST(parse_since("3d", now).value() == now - 3 * 86400);
    BOOST_TEST(parse_since("99999d", now).value() == 1);
    BOOST_TEST(parse_since("2001-09-09T01:46:40Z", 0).value() == now);
    BOOST_TEST(parse_since("2001-09-09T01:46:40", 0).value() == now);
    BOOST_TEST(utc_text(now) == "2001-09-09T01:46:40Z");
    for (char const* text :
        { "", "-5", "m", "5y", "5.5h", "yesterday", "2001-09-09", "2001-09-09T01:46:40ZZ", "99999999999d" })
        BOOST_TEST(!parse_since(text, now), text);
}

BOOST_AUTO_TEST_CASE(paths_of_containers)
{
    auto const path = parse_container_path("web:/etc/a:b");
    BOOST_REQUIRE(path);
    BOOST_TEST(path.value().container == "web");
    BOOST_TEST(path.value().path == "/etc/a:b");
    for (char const* text : { "", "web", ":", ":/etc", "web:" })
        BOOST_TEST(!parse_container_path(text));
}

BOOST_AUTO_TEST_CASE(image_names)
{
    struct {
        char const *text, *repository, *tag;
    } const table[] = { { "app", "app", "" }, { "app:1.2", "app", "1.2" }, { "team/app:1", "team/app", "1" },
        { "host:5000/app", "host:5000/app", "" }, { "host:5000/team/app:1", "host:5000/team/app", "1" },
        { "host:5000/", "host:5000/", "" } };
    for (auto const& [text, repository, tag] : table) {
        auto const name = parse_image_name(text);
        BOOST_REQUIRE_MESSAGE(name, text);
        BOOST_TEST(name.value().repository == repository);
        BOOST_TEST(name.value().tag == tag);
    }
    for (auto const* text : { "", ":", ":1", "app:", "host:5000/app:", "app:1:2", "host:5000/app:1:2", "::1" })
        BOOST_TEST(!parse_image_name(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
