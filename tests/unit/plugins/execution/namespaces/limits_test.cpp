// SPDX-License-Identifier: Apache-2.0
#include "plugins/execution/namespaces/limits.hpp"

#include <cstdint>

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::namespaces;

namespace {

staithe_limits limits(int64_t memory, int64_t swap, int64_t shares = 0, uint32_t pids = 0)
{
    return { sizeof(staithe_limits), pids, memory, swap, shares };
}

std::string text(staithe_limits const& given, int version)
{
    auto const settings = settings_for(given, version);
    if (!settings)
        return "error";
    std::string result;
    for (auto const& setting : settings.value())
        result += setting.file + "=" + setting.value + ";";
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_as_files)

BOOST_AUTO_TEST_CASE(no_limit_is_no_file)
{
    BOOST_TEST(text(limits(0, 0), 1) == "");
    BOOST_TEST(text(limits(0, 0), 2) == "");
    BOOST_TEST(text(limits(0, -1), 2) == "");
}

BOOST_AUTO_TEST_CASE(memory_and_swap)
{
    BOOST_TEST(text(limits(100, 0), 1) == "memory.limit_in_bytes=100;memory.memsw.limit_in_bytes=200;");
    BOOST_TEST(text(limits(100, 0), 2) == "memory.max=100;memory.swap.max=100;");
    BOOST_TEST(text(limits(100, 100), 1) == "memory.limit_in_bytes=100;memory.memsw.limit_in_bytes=100;");
    BOOST_TEST(text(limits(100, 150), 2) == "memory.max=100;memory.swap.max=50;");
    BOOST_TEST(text(limits(100, -1), 1) == "memory.limit_in_bytes=100;");
    BOOST_TEST(text(limits(100, -1), 2) == "memory.max=100;memory.swap.max=max;");
    BOOST_TEST(text(limits(INT64_MAX, 0), 2) == "memory.max=9223372036854775807;memory.swap.max=max;");
}

BOOST_AUTO_TEST_CASE(nonsense_is_an_error)
{
    for (auto const& bad :
        { limits(-1, 0), limits(INT64_MIN, 0), limits(100, 99), limits(0, 5), limits(100, -2), limits(0, 0, -1) })
        for (int const version : { 1, 2 })
            BOOST_TEST(text(bad, version) == "error");
}

BOOST_AUTO_TEST_CASE(shares_and_pids)
{
    BOOST_TEST(text(limits(0, 0, 512, 7), 1) == "cpu.shares=512;pids.max=7;");
    BOOST_TEST(text(limits(0, 0, 1, 0), 1) == "cpu.shares=2;");
    BOOST_TEST(text(limits(0, 0, INT64_MAX, 0), 1) == "cpu.shares=262144;");
    BOOST_TEST(text(limits(0, 0, 1024, UINT32_MAX), 2) == "cpu.weight=39;pids.max=4294967295;");
}

BOOST_AUTO_TEST_CASE(weights_cover_their_whole_range)
{
    BOOST_TEST(weight_from_shares(2) == 1u);
    BOOST_TEST(weight_from_shares(1) == 1u);
    BOOST_TEST(weight_from_shares(1024) == 39u);
    BOOST_TEST(weight_from_shares(262144) == 10000u);
    BOOST_TEST(weight_from_shares(INT64_MAX) == 10000u);
}

BOOST_AUTO_TEST_SUITE_END()
