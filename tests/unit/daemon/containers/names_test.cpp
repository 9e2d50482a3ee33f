#include "daemon/containers/names.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

#include "tests/unit/daemon/containers/engine.hpp"

using namespace staithe;
using namespace staithe::containers;

BOOST_AUTO_TEST_CASE(generated_names)
{
    auto const free = [](std::string const&) { return false; };
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        auto const name = generate_name("id", free);
        BOOST_TEST(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_/") == std::string::npos);
        BOOST_TEST(std::count(name.begin(), name.end(), '_') == 1);
        seen.insert(name);
    }
    BOOST_TEST(seen.size() > 50u);
    auto const stem_taken = [](std::string const& name) {
        return !std::isdigit(static_cast<unsigned char>(name.back()));
    };
    BOOST_TEST(std::isdigit(static_cast<unsigned char>(generate_name("id", stem_taken).back())));
    auto const all_taken = [](std::string const&) { return true; };
    BOOST_TEST(generate_name("0123456789abcdef", all_taken) == "/0123456789ab");
}

BOOST_AUTO_TEST_CASE(normalized_names)
{
    BOOST_TEST(normalize_name("web").value() == "/web");
    BOOST_TEST(normalize_name("/web").value() == "/web");
    BOOST_TEST(normalize_name("a/b").value() == "/a/b");
    BOOST_TEST(normalize_name("ä .;$").value() == "/ä .;$");
    for (auto const& name : { std::string("/"), std::string("a//b"), std::string("a/"), std::string("a\nb"),
             std::string("a\0b", 3), std::string(256, 'x') })
        BOOST_TEST(normalize_name(name).error().message.find("Bad parameter") == 0u);
    BOOST_TEST(static_cast<bool>(normalize_name(std::string(255, 'x'))));
}

BOOST_FIXTURE_TEST_CASE(lookup_is_by_name_then_by_unique_prefix, doubles::Engine)
{
    auto const one = create("one"), two = create("two");
    auto const found = [&](std::string_view name) {
        auto const container = service->registry().find(name);
        return container ? container.value()->id : container.error().message;
    };
    BOOST_TEST(found("one") == one);
    BOOST_TEST(found("/one") == one);
    BOOST_TEST(found(one) == one);
    BOOST_TEST(found(one.substr(0, 20)) == one);
    BOOST_TEST(found("") == "No such container: ");
    BOOST_TEST(found(one + "0") == "No such container: " + one + "0");
    auto const three = create(two.substr(0, 4)); // a name wins over an id
    BOOST_TEST(found(two.substr(0, 4)) == three);
    std::set<std::string> begins;
    std::string ambiguous;
    for (int i = 0; i < 40 && ambiguous.empty(); ++i) {
        auto const begin = create("").substr(0, 1);
        if (!begins.insert(begin).second)
            ambiguous = begin;
    }
    BOOST_TEST(found(ambiguous) == "No such container: " + ambiguous);
}
