#include "cli/host.hpp"

#include <map>

#include <boost/test/unit_test.hpp>

using namespace staithe::cli;

namespace {

std::string chosen(std::optional<std::string> const& flag, std::map<std::string, std::string> const& variables)
{
    auto const host = choose_host(flag, [&](char const* name) -> char const* {
        auto const found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
    return host ? host.value().text() : "error: " + host.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(host)

BOOST_AUTO_TEST_CASE(accepted)
{
    std::pair<char const*, char const*> const table[] = {
        { "unix:///run/a.sock", "unix:///run/a.sock" },
        { "/run/a.sock", "unix:///run/a.sock" },
        { "tcp://127.0.0.1:4243", "tcp://127.0.0.1:4243" },
        { "tcp://127.0.0.1:4243/", "tcp://127.0.0.1:4243" },
        { "localhost:80", "tcp://localhost:80" },
        { "localhost", "tcp://localhost:4243" },
        { "tcp://[::1]", "tcp://[::1]:4243" },
        { "tcp://[::1]:99", "tcp://[::1]:99" },
    };
    for (auto const& [text, expected] : table) {
        auto const host = parse_host(text);
        BOOST_REQUIRE_MESSAGE(host, text);
        BOOST_TEST(host.value().text() == expected);
    }
}

BOOST_AUTO_TEST_CASE(refused)
{
    for (auto const& text :
        { std::string(""), std::string("tcp://"), std::string("unix://"), std::string("unix://x"),
            std::string("ftp://x"), std::string("tcp://a:b"), std::string("tcp://a:0"), std::string("tcp://a:65536"),
            std::string("tcp://a:"), std::string("tcp://::1:5"), std::string("tcp://[::1"), std::string("tcp://[::1]x"),
            std::string("tcp://:80"), std::string("tcp://a/b:80"), "unix:///" + std::string(107, 'a') }) {
        auto const host = parse_host(text);
        BOOST_TEST(!host, text);
    }
}

BOOST_AUTO_TEST_CASE(order_of_choice)
{
    BOOST_TEST(chosen(std::nullopt, {}) == std::string(default_host));
    BOOST_TEST(chosen(std::nullopt, { { "DOCKER_HOST", "unix:///d" } }) == "unix:///d");
    BOOST_TEST(
        chosen(std::nullopt, { { "DOCKER_HOST", "unix:///d" }, { "STAITHE_HOST", "unix:///s" } }) == "unix:///s");
    BOOST_TEST(chosen("unix:///f", { { "DOCKER_HOST", "unix:///d" }, { "STAITHE_HOST", "unix:///s" } }) == "unix:///f");
    BOOST_TEST(chosen(std::nullopt, { { "STAITHE_HOST", "" }, { "DOCKER_HOST", "unix:///d" } }) == "unix:///d");
    BOOST_TEST(
        chosen(std::nullopt, { { "STAITHE_HOST", "bad://" } }).starts_with("error: STAITHE_HOST: cannot use host"));
}

BOOST_AUTO_TEST_SUITE_END()
