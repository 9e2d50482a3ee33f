// .dockerignore: its patterns, and which of them decides.
#include "daemon/build/ignore.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/build/limits.hpp"

using namespace staithe;
using namespace staithe::build;

namespace {

bool matches(std::string_view pattern, std::string_view path)
{
    auto const created = Pattern::create(pattern);
    BOOST_REQUIRE(created);
    return created.value().matches(path);
}

bool covers(std::string_view pattern, std::string_view path)
{
    return Pattern::create(pattern).value().covers(path);
}

std::string bad(std::string_view pattern)
{
    auto const created = Pattern::create(pattern);
    return created ? "none" : created.error().message;
}

/// Those of the paths that are ignored.
std::string ignored(std::string_view text, std::vector<std::string> const& paths)
{
    auto const ignore = Ignore::parse(text);
    if (!ignore)
        return ignore.error().message;
    std::string result;
    for (auto const& path : paths)
        if (ignore.value().ignores(path))
            result += (result.empty() ? "" : " ") + path;
    return result;
}

/// The same rules told by backtracking, for short patterns without sets.
bool model(std::string_view pattern, std::string_view path, bool first = true)
{
    if (pattern.empty())
        return path.empty();
    auto rest = pattern.substr(1);
    if (pattern.front() != '*')
        return !path.empty() && (pattern.front() == '?' ? path.front() != '/' : path.front() == pattern.front())
            && model(rest, path.substr(1), false);
    bool const directories = rest.starts_with('*');
    rest.remove_prefix(std::min(rest.find_first_not_of('*'), rest.size()));
    bool const slash = directories && rest.starts_with('/');
    rest.remove_prefix(slash ? 1 : 0);
    bool const anything = directories && (rest.empty() || (first && !slash));
    for (size_t i = 0; i <= path.size(); ++i) {
        bool const may_end = !directories || anything || i == 0 || path[i - 1] == '/';
        if (may_end && model(rest, path.substr(i), false))
            return true;
        if (!directories && i < path.size() && path[i] == '/')
            return false;
    }
    return false;
}

bool model_covers(std::string_view pattern, std::string_view path)
{
    for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
        if (model(pattern, path.substr(0, slash)))
            return true;
    return model(pattern, path);
}

/// Every text of up to so many of these characters.
std::vector<std::string> texts(std::string_view characters, size_t longest)
{
    std::vector<std::string> result { "" };
    for (size_t begin = 0, size = 0; size < longest; ++size)
        for (size_t const end = result.size(); begin < end; ++begin)
            for (char const c : characters)
                result.push_back(result[begin] + c);
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ignoring)

BOOST_AUTO_TEST_CASE(patterns)
{
    BOOST_TEST(matches("a", "a"));
    BOOST_TEST(!matches("a", "ab"));
    BOOST_TEST(!matches("ab", "a"));
    BOOST_TEST(!matches("a", "b/a"));
    BOOST_TEST(matches("*", "a"));
    BOOST_TEST(!matches("*", "a/b"));
    BOOST_TEST(matches("*.c", ".c"));
    BOOST_TEST(matches("a*b*c", "a-b-b-c"));
    BOOST_TEST(!matches("a*b*c", "a/b/c"));
    BOOST_TEST(matches("*/x", "a/x"));
    BOOST_TEST(matches("a?c", "abc"));
    BOOST_TEST(!matches("a?c", "a/c"));
    BOOST_TEST(matches("[a-c]x[^0-9]", "bxa"));
    BOOST_TEST(!matches("[a-c]x[^0-9]", "bx5"));
    BOOST_TEST(!matches("a[^x]b", "a/b"));
    BOOST_TEST(matches("\\*\\[a", "*[a"));
    BOOST_TEST(!matches("\\*", "a"));
    BOOST_TEST(matches("[\\]a]", "]"));
}

BOOST_AUTO_TEST_CASE(two_stars_are_directories)
{
    for (auto const* path : { "x", "a/x", "a/b/x" })
        BOOST_TEST(matches("**/x", path));
    BOOST_TEST(!matches("**/x", "ax"));
    for (auto const* path : { "a/x", "a/b/x", "a/b/c/x" })
        BOOST_TEST(matches("a/**/x", path));
    BOOST_TEST(!matches("a/**/x", "ax"));
    BOOST_TEST(matches("a/**", "a/b/c"));
    BOOST_TEST(!matches("a/**", "a"));
    BOOST_TEST(matches("**", "a/b"));
    BOOST_TEST(matches("**/*.go", "a/b/c.go"));
    BOOST_TEST(matches("**/*.go", "c.go"));
    BOOST_TEST(!matches("**/*.go", "c.gob"));
    BOOST_TEST(matches("**x", "a/bx"));
    BOOST_TEST(matches("a/***/x", "a/b/x"));
    BOOST_TEST(matches("**/a/**/b/**/c", "1/a/2/3/b/c"));
    BOOST_TEST(!matches("**/a/**/b/**/c", "1/a/2/3/bb/c"));
}

BOOST_AUTO_TEST_CASE(directories_cover_what_is_in_them)
{
    BOOST_TEST(covers("a", "a/b/c"));
    BOOST_TEST(!covers("a", "ab/c"));
    BOOST_TEST(covers("*/b", "a/b/c/d"));
    BOOST_TEST(!covers("*/b", "a"));
    BOOST_TEST(covers("**/node_modules", "x/y/node_modules/z/w"));
    BOOST_TEST(!covers("a/b", "a"));
}

BOOST_AUTO_TEST_CASE(every_short_pattern_is_as_its_model)
{
    auto const paths = texts("ab/", 4);
    size_t compared = 0, matched = 0;
    for (auto const& text : texts("a/*?", 5)) {
        auto const pattern = Pattern::create(text).value();
        for (auto const& path : paths) {
            bool const expected = model(text, path);
            matched += expected ? 1U : 0U;
            ++compared;
            if (pattern.matches(path) != expected || pattern.covers(path) != model_covers(text, path))
                BOOST_ERROR("'" << text << "' and '" << path << "'");
        }
    }
    BOOST_TEST(compared > 150'000U);
    BOOST_TEST(matched > 5'000U);
}

BOOST_AUTO_TEST_CASE(patterns_that_are_none)
{
    BOOST_TEST(bad("a[") == "syntax error in pattern 'a[': an unfinished '['");
    BOOST_TEST(bad("[]") == "syntax error in pattern '[]': an unfinished '['");
    BOOST_TEST(bad("[a") == "syntax error in pattern '[a': an unfinished '['");
    BOOST_TEST(bad("[a-") == "syntax error in pattern '[a-': an unfinished '['");
    BOOST_TEST(bad("[-a]") == "syntax error in pattern '[-a]': an unfinished '['");
    BOOST_TEST(bad("[b-a]") == "syntax error in pattern '[b-a]': an empty range");
    BOOST_TEST(bad("a\\") == "syntax error in pattern 'a\\': a '\\' at the end");
    BOOST_TEST(bad("[a\\") == "syntax error in pattern '[a\\': an unfinished '['");
    BOOST_TEST(bad(std::string(limits::pattern_bytes + 1, 'a')) == "a pattern is longer than 1024 bytes");
}

BOOST_AUTO_TEST_CASE(the_last_one_that_matches_decides)
{
    std::vector<std::string> const paths { "README.md", "a.md", "docs", "docs/a.md", "docs/b.txt", "src/x.o",
        "src/x.c" };
    BOOST_TEST(ignored("", paths).empty());
    BOOST_TEST(ignored("*.md\n", paths) == "README.md a.md");
    BOOST_TEST(ignored("*.md\n!README.md\n", paths) == "a.md");
    BOOST_TEST(ignored("!README.md\n*.md\n", paths) == "README.md a.md");
    BOOST_TEST(ignored("*.md\n!README*.md\nREADME.md", paths) == "README.md a.md");
    BOOST_TEST(ignored("docs\n!docs/a.md", paths) == "docs docs/b.txt");
    BOOST_TEST(ignored("**/*.o\n**/*.md", paths) == "README.md a.md docs/a.md src/x.o");
    BOOST_TEST(ignored("*\n!src\nsrc/*.o", paths) == "README.md a.md docs docs/a.md docs/b.txt src/x.o");
    BOOST_TEST(ignored("**", paths) == "README.md a.md docs docs/a.md docs/b.txt src/x.o src/x.c");
}

BOOST_AUTO_TEST_CASE(lines)
{
    std::vector<std::string> const paths { "a", "b/c", "#x", " y", "!z", ".", "" };
    BOOST_TEST(ignored("\xEF\xBB\xBF# comment\r\n\r\n  a  \r\n", paths) == "a");
    BOOST_TEST(ignored("/a/\n", paths) == "a");
    BOOST_TEST(ignored("./b//../b/./c\n", paths) == "b/c");
    BOOST_TEST(ignored("../../a\n", paths) == "a");
    BOOST_TEST(ignored("\\#x\n\\!z", paths) == "#x !z");
    BOOST_TEST(ignored(".\n/\n**\n", paths) == "a b/c #x  y !z");
    BOOST_TEST(ignored("a\n! a\n", paths).empty());
    BOOST_TEST(ignored("a\n !\n", paths) == ".dockerignore line 2: illegal exclusion pattern: \"!\"");
    BOOST_TEST(ignored("a\n\n[\n", paths) == ".dockerignore line 3: syntax error in pattern '[': an unfinished '['");
    BOOST_TEST(ignored(std::string("a\0b", 3), paths) == ".dockerignore line 1: a NUL is no text");
}

BOOST_AUTO_TEST_CASE(exceptions_are_told)
{
    BOOST_TEST(Ignore::parse("a\n!b").value().has_exceptions());
    BOOST_TEST(!Ignore::parse("a\nb").value().has_exceptions());
    BOOST_TEST(Ignore().empty());
    BOOST_TEST(Ignore::create({ "*.o", "!x.o" }).value().ignores("y.o"));
    BOOST_TEST(!Ignore::create({ "*.o", "!x.o" }).value().ignores("x.o"));
}

BOOST_AUTO_TEST_CASE(limits_hold)
{
    std::string many;
    for (size_t i = 0; i <= limits::ignore_patterns; ++i)
        many += "a\n";
    BOOST_TEST(ignored(many, {}) == ".dockerignore line 2001: more than 2000 patterns");
    BOOST_TEST(ignored(std::string(limits::ignore_bytes + 1, '\n'), {}) == ".dockerignore is larger than 65536 bytes");
    // What makes a backtracking matcher run for ever.
    std::string stars, path(4000, 'a');
    for (int i = 0; i < 300; ++i)
        stars += "*a";
    BOOST_TEST(!matches(stars + "b", path));
    std::string deep;
    for (int i = 0; i < 200; ++i)
        deep += "**/a/";
    BOOST_TEST(!matches(deep + "b", path));
}

BOOST_AUTO_TEST_SUITE_END()
