// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/final_step/channel.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::final_step;

namespace {

/// What the keeper hears of a child that does this with the channel, having been let go before it listens or not.
Result<void> heard(void (*child)(int), bool go_late)
{
    auto [own, childs] = STAITHE_TRY(make_channel());
    pid_t const pid = ::fork();
    if (pid == 0) {
        own.reset();
        child(childs.get());
        ::_exit(0);
    }
    childs.reset();
    if (go_late) // it has ended, and its message must still be heard
        ::waitpid(pid, nullptr, 0);
    (void)send_go(own.get());
    Result<void> result;
    for (bool is_ready = false;;) {
        auto done = hear(own.get(), is_ready);
        if (!done)
            result = std::move(done.error());
        if (!done || done.value())
            break;
    }
    if (!go_late)
        ::waitpid(pid, nullptr, 0);
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(final_step_channel)

BOOST_AUTO_TEST_CASE(an_error_crosses_whole)
{
    for (bool const late : { true, false }) {
        auto const result = heard([](int channel) { fail(channel, { STAITHE_DENIED, 13, "cannot 'x'" }); }, late);
        BOOST_TEST_REQUIRE(!result);
        BOOST_TEST(result.error().code == STAITHE_DENIED);
        BOOST_TEST(result.error().sys_errno == 13);
        BOOST_TEST(result.error().message == "cannot 'x'");
    }
}

BOOST_AUTO_TEST_CASE(a_message_that_is_too_long_is_cut)
{
    auto const result = heard([](int channel) { fail(channel, { STAITHE_IO, 0, std::string(9000, 'm') }); }, false);
    BOOST_TEST(result.error().message == std::string(500, 'm'));
}

BOOST_AUTO_TEST_CASE(the_end_after_ready_is_success)
{
    for (bool const late : { true, false })
        BOOST_TEST(static_cast<bool>(heard(
                       [](int channel) {
                           if (!wait_for_go(channel))
                               ::_exit(1);
                           ready(channel);
                       },
                       false)),
            late);
}

BOOST_AUTO_TEST_CASE(the_end_without_a_word_is_an_error)
{
    for (bool const late : { true, false })
        BOOST_TEST(!heard([](int) {}, late));
}

BOOST_AUTO_TEST_CASE(an_error_after_ready_counts)
{
    auto const result = heard(
        [](int channel) {
            ready(channel);
            fail(channel, { STAITHE_IO, 0, "late" });
        },
        false);
    BOOST_TEST_REQUIRE(!result);
    BOOST_TEST(result.error().message == "late");
}

BOOST_AUTO_TEST_CASE(the_keepers_death_is_seen)
{
    auto channel = make_channel();
    auto& [own, childs] = channel.value();
    BOOST_TEST(has_peer(childs.get()));
    own.reset();
    BOOST_TEST(!has_peer(childs.get()));
    BOOST_TEST(!wait_for_go(childs.get()));
}

BOOST_AUTO_TEST_SUITE_END()
