#include "cli/frames.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/fake_daemon.hpp"

using staithe::cli::FrameReader;
using staithe::test::FakeDaemon;

namespace {

struct Collector {
    std::string out, err;
    FrameReader reader { [this](FrameReader::Stream stream, std::string_view bytes) -> staithe::Result<void> {
        (stream == FrameReader::Stream::Err ? err : out) += bytes;
        return {};
    } };
};

std::string sample()
{
    return FakeDaemon::frame(1, "hello\n") + FakeDaemon::frame(2, "oops\n") + FakeDaemon::frame(1, "")
        + FakeDaemon::frame(1, std::string(300, 'x')) + FakeDaemon::frame(2, std::string("\0\1\2", 3));
}

} // namespace

BOOST_AUTO_TEST_SUITE(frames)

BOOST_AUTO_TEST_CASE(split_at_every_point)
{
    auto const bytes = sample();
    for (size_t split = 0; split <= bytes.size(); ++split) {
        Collector seen;
        BOOST_REQUIRE(seen.reader.feed(std::string_view(bytes).substr(0, split)));
        BOOST_REQUIRE(seen.reader.feed(std::string_view(bytes).substr(split)));
        BOOST_REQUIRE_EQUAL(seen.out, "hello\n" + std::string(300, 'x'));
        BOOST_REQUIRE_EQUAL(seen.err, "oops\n" + std::string("\0\1\2", 3));
        BOOST_REQUIRE(seen.reader.at_boundary());
    }
}

BOOST_AUTO_TEST_CASE(byte_by_byte)
{
    Collector seen;
    for (char const c : sample())
        BOOST_REQUIRE(seen.reader.feed({ &c, 1 }));
    BOOST_TEST(seen.out.size() == 306u);
    BOOST_TEST(seen.err.size() == 8u);
}

BOOST_AUTO_TEST_CASE(every_cut_is_seen)
{
    auto const bytes = FakeDaemon::frame(1, "abc");
    for (size_t cut = 1; cut < bytes.size(); ++cut) {
        Collector seen;
        BOOST_REQUIRE(seen.reader.feed(std::string_view(bytes).substr(0, cut)));
        BOOST_TEST(!seen.reader.at_boundary());
    }
}

BOOST_AUTO_TEST_CASE(payload_is_passed_on_before_the_frame_is_whole)
{
    Collector seen;
    BOOST_REQUIRE(seen.reader.feed(FakeDaemon::frame(1, "abcdef").substr(0, 10)));
    BOOST_TEST(seen.out == "ab");
}

BOOST_AUTO_TEST_CASE(a_header_that_is_none_is_refused)
{
    for (std::string const& bad : { std::string("\3\0\0\0\0\0\0\1", 8), std::string("\1\1\0\0\0\0\0\1", 8),
             std::string("\1\0\1\0\0\0\0\1", 8), std::string("\1\0\0\1\0\0\0\1", 8), std::string("hello wo") }) {
        Collector seen;
        auto const fed = seen.reader.feed(bad);
        BOOST_REQUIRE(!fed);
        BOOST_TEST(fed.error().code == STAITHE_CORRUPT);
    }
}

BOOST_AUTO_TEST_CASE(lengths_are_unsigned)
{
    Collector seen;
    BOOST_REQUIRE(seen.reader.feed(std::string("\1\0\0\0\xff\xff\xff\xff"
                                               "ab",
        10)));
    BOOST_TEST(seen.out == "ab");
}

BOOST_AUTO_TEST_CASE(an_error_of_the_receiver_ends_it)
{
    FrameReader reader([](FrameReader::Stream, std::string_view) -> staithe::Result<void> {
        return staithe::Error { STAITHE_IO, 0, "no" };
    });
    BOOST_TEST(!reader.feed(FakeDaemon::frame(1, "x")));
}

BOOST_AUTO_TEST_SUITE_END()
