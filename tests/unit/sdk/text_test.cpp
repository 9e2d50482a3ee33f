#include <staithe/cpp/text.hpp>

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(text_of_errors)

BOOST_AUTO_TEST_CASE(a_message_is_cut_between_characters)
{
    auto out = empty_error();
    std::string long_text(498, 'a');
    report({ STAITHE_IO, EIO, long_text + "ü" + long_text }, &out);
    BOOST_CHECK_EQUAL(out.message, long_text);
    report({ STAITHE_IO, EIO, "short" }, &out);
    auto const back = error_from(STAITHE_IO, out);
    BOOST_CHECK_EQUAL(back.message, "short");
    BOOST_CHECK_EQUAL(back.sys_errno, EIO);
}

BOOST_AUTO_TEST_CASE(nothing_thrown_gets_across)
{
    auto out = empty_error();
    BOOST_CHECK_EQUAL(guarded(&out, []() -> Result<void> { throw std::bad_alloc(); }), STAITHE_INTERNAL);
    BOOST_CHECK_EQUAL(guarded(&out, []() -> Result<void> { throw 1; }), STAITHE_INTERNAL);
    BOOST_CHECK_EQUAL(std::string(out.message), "driver threw");
}

BOOST_AUTO_TEST_CASE(a_result_that_does_not_fit_leaves_the_space_alone)
{
    char buffer[4] = { 'x', 'x', 'x', 'x' };
    staithe_space space { buffer, sizeof buffer, 0 };
    BOOST_CHECK(!fill(&space, "12345"));
    BOOST_CHECK_EQUAL(space.size, 5u);
    BOOST_CHECK_EQUAL(buffer[0], 'x');
    BOOST_CHECK(fill(&space, "1234"));
    BOOST_CHECK_EQUAL(std::string(buffer, 4), "1234");
}

BOOST_AUTO_TEST_SUITE_END()
