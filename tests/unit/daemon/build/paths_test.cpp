// Paths that Dockerfiles name never lead out of a context or a root.
#include "daemon/build/paths.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::build;

namespace {

std::string text(Result<std::string> const& result)
{
    return result ? result.value() : "error: " + result.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(paths)

BOOST_AUTO_TEST_CASE(sources)
{
    BOOST_TEST(text(context_path("a")) == "a");
    BOOST_TEST(text(context_path("/etc/passwd")) == "etc/passwd"); // of the context
    BOOST_TEST(text(context_path("./a//b/../c/.")) == "a/c");
    for (auto const* all : { ".", "/", "./", "a/..", "//", "" })
        BOOST_TEST(text(context_path(all)) == ".");
    for (auto const* out : { "..", "../x", "../../etc/shadow", "a/../../x", "/../x", "./../ctx-evil/x", "a/../../a" })
        BOOST_TEST(text(context_path(out)) == "error: Forbidden path: " + std::string(out));
    BOOST_TEST(text(context_path("..a/...")) == "..a/...");
}

BOOST_AUTO_TEST_CASE(destinations)
{
    BOOST_TEST(destination_of("", "a") == "/a");
    BOOST_TEST(destination_of("", "/a b/") == "/a b/");
    BOOST_TEST(destination_of("/w", ".") == "/w/");
    BOOST_TEST(destination_of("/w/", "./") == "/w/");
    BOOST_TEST(destination_of("/w/x", "..") == "/w/");
    BOOST_TEST(destination_of("/w", "a/b") == "/w/a/b");
    BOOST_TEST(destination_of("/w", "/") == "/");
    BOOST_TEST(destination_of("/w", "../../../etc/x") == "/etc/x");
    BOOST_TEST(destination_of("", "..") == "/");
    BOOST_TEST(destination_of("relative", "x") == "/relative/x");
}

BOOST_AUTO_TEST_CASE(urls)
{
    BOOST_TEST(is_url("http://x"));
    BOOST_TEST(is_url("https://x/y"));
    for (auto const* other : { "", "http:", "HTTP://x", "ftp://x", "file:///etc/shadow", "/http://x", "git@x:y" })
        BOOST_TEST(!is_url(other));
    BOOST_TEST(text(url_file_name("http://x/a/b.tar?c=/d#e/f")) == "b.tar");
    BOOST_TEST(text(url_file_name("http://x/a/")) == "a");
    BOOST_TEST(text(url_file_name("http://x:80/a")) == "a");
    for (auto const* nameless :
        { "http://x", "http://x/", "http://x//", "http://x?a/b", "http://x/..", "http://x/a/../", "http://x/." })
        BOOST_TEST(
            text(url_file_name(nameless)) == "error: cannot determine filename from url: " + std::string(nameless));
}

BOOST_AUTO_TEST_SUITE_END()
