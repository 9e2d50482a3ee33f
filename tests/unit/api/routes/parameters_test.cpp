#include "api/routes/parameters.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(parameters)

namespace {

http::Request with(std::string value)
{
    http::Request request;
    request.query = { { "x", std::move(value) } };
    return request;
}

} // namespace

BOOST_AUTO_TEST_CASE(booleans_are_the_union_of_all_versions)
{
    for (auto const* yes : { "1", "t", "T", "true", "True", "TRUE", "tRuE" })
        BOOST_TEST(routes::boolean(with(yes), "x").value(), yes);
    for (auto const* no : { "", "0", "f", "F", "false", "False", "FALSE", "fAlSe" })
        BOOST_TEST(!routes::boolean(with(no), "x").value(), no);
    for (auto const* bad : { "yes", "2", "no", " 1", "tr", "-1", "on" }) {
        auto const result = routes::boolean(with(bad), "x");
        BOOST_REQUIRE(!result);
        BOOST_TEST(result.error().message == "Bad parameter");
    }
    BOOST_TEST(!routes::boolean(with("1"), "absent").value());
}

BOOST_AUTO_TEST_CASE(lenient_integers_fall_back)
{
    BOOST_TEST(routes::lenient_integer(with("5"), "x").value() == 5);
    BOOST_TEST(routes::lenient_integer(with("+5"), "x").value() == 5);
    BOOST_TEST(routes::lenient_integer(with("-5"), "x").value() == -5);
    BOOST_TEST(routes::lenient_integer(with("99999999999"), "x").value() == 99'999'999'999);
    for (auto const* bad : { "", "x", "5x", " 5", "5 ", "+-5", "--5", "99999999999999999999", "1e3", "0x10" })
        BOOST_TEST(!routes::lenient_integer(with(bad), "x").has_value(), bad);
}

BOOST_AUTO_TEST_CASE(strict_integers_say_what_is_wrong)
{
    auto const message = [](char const* text) {
        return routes::strict_integer(with(text), "x", 65535).error().message;
    };
    BOOST_TEST(routes::strict_integer(with("65535"), "x", 65535).value() == 65535u);
    BOOST_TEST(routes::strict_integer(with("0"), "x", 65535).value() == 0u);
    BOOST_TEST(message("") == R"(strconv.ParseInt: parsing "": invalid syntax)");
    BOOST_TEST(message("a") == R"(strconv.ParseInt: parsing "a": invalid syntax)");
    BOOST_TEST(message("65536") == R"(strconv.ParseInt: parsing "65536": value out of range)");
    BOOST_TEST(message("-1") == R"(strconv.ParseInt: parsing "-1": value out of range)");
    BOOST_TEST(
        message("99999999999999999999") == R"(strconv.ParseInt: parsing "99999999999999999999": value out of range)");
}

BOOST_AUTO_TEST_CASE(signals_are_numbers_or_names)
{
    auto const number = [](char const* text) { return routes::signal_number(with(text), "x").value(); };
    BOOST_TEST(number("") == 0);
    BOOST_TEST(number("0") == 0);
    BOOST_TEST(number("15") == 15);
    BOOST_TEST(number("64") == 64);
    BOOST_TEST(number("TERM") == 15);
    BOOST_TEST(number("usr1") == 10);
    BOOST_TEST(number("Hup") == 1);
    for (auto const* bad : { "65", "-1", "SIG", "SIGTERM", "sigterm", "SIGNONE", "TERMx", "9x" })
        BOOST_TEST(routes::signal_number(with(bad), "x").error().message.starts_with("strconv.ParseInt"), bad);
}

BOOST_AUTO_TEST_SUITE_END()
