// Whole Dockerfiles and what they are understood to be, case by case in golden/.
#include <boost/test/unit_test.hpp>

#include "cases.hpp"
#include "shown.hpp"

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(every_case_is_as_written_down)
{
    auto const cases = golden_cases();
    BOOST_TEST(cases.size() >= 60U);
    for (auto const& one : cases)
        BOOST_TEST_CONTEXT("case '" << one.name << "'")
    BOOST_TEST(shown_file(one.text) == one.expected);
}

BOOST_AUTO_TEST_SUITE_END()
