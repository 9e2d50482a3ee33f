// SPDX-License-Identifier: Apache-2.0
#include "daemon/keeper/confinement/confinement.hpp"

#include <linux/filter.h>

#include <bit>
#include <set>

#include <boost/test/unit_test.hpp>

#include <staithe/cpp/text.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(confinement)

BOOST_AUTO_TEST_CASE(the_default_one)
{
    auto const c = keeper::default_confinement(false);
    BOOST_TEST(std::popcount(c.capabilities) == 14);
    BOOST_TEST(c.capabilities == 0xa80425fbu);
    BOOST_TEST(!c.no_new_privileges);
    BOOST_TEST(!c.privileged);
    BOOST_TEST(c.seccomp_size % sizeof(sock_filter) == 0u);
    BOOST_TEST(c.seccomp_size / sizeof(sock_filter) <= size_t { BPF_MAXINSNS });
    BOOST_TEST(c.masked_count >= 12u);
    BOOST_TEST(c.readonly_count == 5u);
    BOOST_TEST(keeper::default_confinement(true).no_new_privileges);
}

BOOST_AUTO_TEST_CASE(its_text_form_has_one_rule_per_line)
{
    auto const rules = view(keeper::default_confinement(false).seccomp_rules);
    BOOST_TEST(rules.starts_with("2\nallowlist errno 1\n"));
    BOOST_TEST(rules.find("\nclone3 errno 38\n") != rules.npos);
    BOOST_TEST(rules.find("\nclone allow [0,0x0,SCMP_CMP_MASKED_EQ,0x7e020000]\n") != rules.npos);
    BOOST_TEST(rules.find("\nsocket allow [0,0x26,SCMP_CMP_LT]\n") != rules.npos);
    for (auto const* refused : { "\nmount\n", "\nbpf\n", "\nio_uring_setup\n", "\nkeyctl\n", "\nsocketcall\n" })
        BOOST_TEST(rules.find(refused) == rules.npos, refused);
}

BOOST_AUTO_TEST_CASE(the_privileged_one)
{
    auto const c = keeper::privileged_confinement();
    BOOST_TEST(c.privileged);
    BOOST_TEST(c.capabilities == ~uint64_t { 0 });
    BOOST_TEST(!c.seccomp_program);
    BOOST_TEST(c.masked_count + c.readonly_count == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
