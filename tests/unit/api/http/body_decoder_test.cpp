// The decoder alone: every way of cutting its input gives the same content, and no cut is ever the end.
#include <boost/test/unit_test.hpp>

#include <staithe/cpp/stream.hpp>

#include "api/http/body_decoder.hpp"

using namespace staithe::http;

namespace {

std::string const message = "5;a=\"b;c\"\r\nhello\r\n00a\r\n0123456789\r\n0\r\nX: y\r\n\r\n";

BodyDecoder make_decoder(Framing framing, uint64_t length = 0)
{
    Head head;
    head.framing = framing;
    head.length = length;
    return BodyDecoder(head);
}

} // namespace

BOOST_AUTO_TEST_SUITE(body_decoder)

BOOST_AUTO_TEST_CASE(cuts_do_not_matter)
{
    for (size_t cut = 0; cut <= message.size(); ++cut) {
        auto decoder = make_decoder(Framing::Chunked);
        std::string out;
        BOOST_REQUIRE(decoder.decode(message.substr(0, cut), out, 1000).value() == cut);
        BOOST_TEST(decoder.done() == (cut == message.size()));
        BOOST_REQUIRE(decoder.decode(message.substr(cut) + "next", out, 1000).value() == message.size() - cut);
        BOOST_TEST(decoder.done());
        BOOST_TEST(out == "hello0123456789");
    }
}

BOOST_AUTO_TEST_CASE(capacity_is_kept)
{
    auto decoder = make_decoder(Framing::Chunked);
    std::string out, input = message;
    while (!decoder.done()) {
        size_t const before = out.size();
        input.erase(0, decoder.decode(input, out, 3).value());
        BOOST_TEST(out.size() - before <= 3u);
    }
    BOOST_TEST(out == "hello0123456789");
}

BOOST_AUTO_TEST_CASE(length_is_counted)
{
    auto decoder = make_decoder(Framing::Length, 5);
    std::string out;
    BOOST_TEST(decoder.remaining() == 5u);
    BOOST_TEST(decoder.decode("hel", out, 100).value() == 3u);
    BOOST_TEST(!decoder.done());
    BOOST_TEST(decoder.remaining() == 2u);
    BOOST_TEST(decoder.decode("lo, next", out, 100).value() == 2u);
    BOOST_TEST(decoder.done());
    BOOST_TEST(out == "hello");
    BOOST_TEST(make_decoder(Framing::Length, 0).done());
    BOOST_TEST(make_decoder(Framing::None).done());
    BOOST_TEST(make_decoder(Framing::Chunked).remaining() == staithe::Source::unknown_size);
}

BOOST_AUTO_TEST_CASE(chunk_lines)
{
    for (auto const* const good : { "0", "a", "A", "00000000000000f", "1;a", "1;a=b", "1 ;a = \"\\\"\"", "1;a;b=c" })
        BOOST_CHECK_MESSAGE(parse_chunk_line(good), good);
    for (auto const* const bad : { "", "g", "0x1", "-1", "+1", " 1", "1 ", "1_0", "1;", "1;=", "1;a=", "1;a=\"",
             "1;a=\"\\", "1 a", "0000000000000001", "1;a=b c" })
        BOOST_CHECK_MESSAGE(!parse_chunk_line(bad), bad);
    BOOST_TEST(*parse_chunk_line("fffffffffffffff") == 0xfffffffffffffffu);
}

BOOST_AUTO_TEST_SUITE_END()
