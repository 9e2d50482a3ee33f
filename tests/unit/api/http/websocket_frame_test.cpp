// The WebSocket codec without a socket: every row of the table, however its bytes are cut.
#include <boost/test/unit_test.hpp>

#include "api/http/websocket_frame.hpp"
#include "tests/unit/api/http/websocket_cases.hpp"

using namespace staithe::http;
using namespace staithe::http::test;

namespace {

struct Seen {
    std::string data;
    std::vector<std::string> replies;
    bool over = false;
};

/// Shows the bytes in pieces of `step`, and lets the reader give out at most `capacity` at a time.
Seen read_in_steps(std::string const& bytes, size_t step, size_t capacity)
{
    FrameReader reader;
    Seen seen;
    for (size_t at = 0; at < bytes.size() && !seen.over; at += step) {
        std::string_view piece = std::string_view(bytes).substr(at, step);
        while (!piece.empty() && !seen.over) {
            size_t const before = seen.data.size();
            auto const outcome = reader.read(piece, seen.data, capacity);
            BOOST_REQUIRE(outcome.used > 0);
            BOOST_REQUIRE(seen.data.size() - before <= capacity);
            piece.remove_prefix(outcome.used);
            seen.over = outcome.event == FrameReader::Event::Close || outcome.event == FrameReader::Event::Failed;
            if (outcome.event == FrameReader::Event::Ping)
                seen.replies.push_back("pong:" + std::string(reader.control()));
            if (!seen.over)
                continue;
            auto const code = reader.close_code();
            seen.replies.push_back(
                code == CloseCode::NoStatus ? "close:" : "close:" + std::to_string(static_cast<unsigned>(code)));
        }
    }
    return seen;
}

void check_all(size_t step, size_t capacity)
{
    for (auto const& row : websocket_cases()) {
        if (step < 100 && row.bytes.size() > 150'000)
            continue;
        auto const seen = read_in_steps(row.bytes, step, capacity);
        BOOST_CHECK_MESSAGE(seen.over, row.name << ": goes on");
        BOOST_CHECK_MESSAGE(seen.data == row.data, row.name << ": " << seen.data.size() << " bytes of data");
        BOOST_CHECK_MESSAGE(join(seen.replies) == join(row.replies), row.name << ": " << join(seen.replies));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(websocket_frame)

BOOST_AUTO_TEST_CASE(the_table_is_long_enough)
{
    BOOST_TEST(websocket_cases().size() >= 250u);
}

BOOST_AUTO_TEST_CASE(every_row_in_one_piece)
{
    check_all(SIZE_MAX / 2, SIZE_MAX / 2);
}

BOOST_AUTO_TEST_CASE(every_row_byte_by_byte)
{
    check_all(1, 1);
}

BOOST_AUTO_TEST_CASE(every_row_in_odd_pieces)
{
    check_all(7, 5);
    check_all(1000, 333);
}

BOOST_AUTO_TEST_CASE(our_frames_are_what_a_client_reads)
{
    std::string out;
    for (size_t const size : { 1u, 125u, 126u, 127u, 65535u, 65536u, 100'000u })
        put_frame(out, Opcode::Text, std::string(size, 'x'));
    put_frame(out, Opcode::Pong, "p");
    put_close(out, CloseCode::GoingAway);
    auto const frames = read_server_frames(out);
    BOOST_TEST(frames.well_formed);
    BOOST_TEST(frames.text.size() == 1u + 125 + 126 + 127 + 65535 + 65536 + 100'000);
    BOOST_TEST(join(frames.control) == "pong:p close:1001 ");
    out.clear();
    put_close(out, CloseCode::NoStatus);
    BOOST_TEST(out == std::string("\x88\x00", 2));
}

/// Whatever comes, the reader ends or waits; it never gives out more text than it was sent, or wrong text.
BOOST_AUTO_TEST_CASE(random_bytes_do_no_harm)
{
    uint32_t state = 0x2f6e2b1;
    auto const random = [&state] { return state = state * 1664525 + 1013904223; };
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes;
        size_t const size = 2 + (random() >> 8) % 60;
        for (size_t i = 0; i < size; ++i)
            bytes.push_back(static_cast<char>(random() >> 16));
        static constexpr unsigned char firsts[] { 0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x88, 0x89, 0x8a };
        bytes[0] = static_cast<char>(firsts[(random() >> 12) % sizeof firsts]);
        bytes[1] = static_cast<char>(0x80 | ((random() >> 12) % 40));
        auto const seen = read_in_steps(bytes, 1 + (random() >> 8) % 9, 1 + (random() >> 8) % 9);
        BOOST_REQUIRE(seen.data.size() <= bytes.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
