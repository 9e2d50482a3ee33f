#include "daemon/rpc/codec.hpp"

#include <random>

#include <boost/test/unit_test.hpp>

#include "daemon/rpc/driver_protocol.hpp"

using namespace staithe;
using namespace staithe::rpc;

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(reads_what_was_written)
{
    Writer out;
    out.flag(true);
    out.u8(255);
    out.u32(0xdeadbeef);
    out.u64(UINT64_MAX);
    out.i64(-5);
    out.text(std::string_view("a\0b", 3));
    out.texts({ "", "x" });
    auto const bytes = out.take();
    Reader in(bytes);
    BOOST_CHECK(in.flag());
    BOOST_CHECK_EQUAL(in.u8(), 255);
    BOOST_CHECK_EQUAL(in.u32(), 0xdeadbeef);
    BOOST_CHECK_EQUAL(in.u64(), UINT64_MAX);
    BOOST_CHECK_EQUAL(in.i64(), -5);
    BOOST_CHECK_EQUAL(in.text(), std::string("a\0b", 3));
    BOOST_CHECK((in.texts() == std::vector<std::string> { "", "x" }));
    BOOST_CHECK(in.finish());
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_zero_and_remembered)
{
    Reader in("\x01");
    BOOST_CHECK_EQUAL(in.u32(), 0u);
    BOOST_CHECK_EQUAL(in.u8(), 0); // even though a byte was there
    BOOST_CHECK(!in.finish());
}

BOOST_AUTO_TEST_CASE(counts_that_cannot_be_true_allocate_nothing)
{
    Writer out;
    out.u32(0xffffffff);
    auto const bytes = out.take();
    BOOST_CHECK(Reader(bytes).texts().empty());
    BOOST_CHECK(Reader(bytes).text().empty());
    BOOST_CHECK(!driver::decode_part(bytes));
}

BOOST_AUTO_TEST_CASE(every_message_of_the_driver_protocol_crosses_and_no_cut_one_does)
{
    driver::Load load { STAITHE_REGISTRY, driver::Purpose::Probe, "name", "/state", "/run", 7, { { "k", "v" } } };
    Writer out;
    encode(out, load);
    auto const bytes = out.take();
    auto const back = driver::decode_load(bytes);
    BOOST_REQUIRE(back);
    BOOST_CHECK_EQUAL(back.value().options.at(0).second, "v");
    BOOST_CHECK_EQUAL(back.value().generation, 7u);
    for (size_t size = 0; size < bytes.size(); ++size)
        BOOST_CHECK(!driver::decode_load(std::string_view(bytes).substr(0, size)));
    BOOST_CHECK(driver::decode_load(bytes + "a younger writer's field"));
}

BOOST_AUTO_TEST_CASE(survives_any_bytes)
{
    std::mt19937 random(1);
    std::string bytes;
    for (int i = 0; i < 100'000; ++i) {
        bytes.resize(random() % 96);
        for (auto& byte : bytes)
            byte = static_cast<char>(random() % 4 ? random() % 3 : random());
        (void)driver::decode_loaded(bytes);
        (void)driver::decode_call(bytes);
        (void)driver::decode_stream_end(bytes);
        (void)driver::decode_done(bytes);
        (void)driver::decode_part(bytes);
        (void)driver::decode_failed(bytes);
        (void)driver::decode_log(bytes);
        Reader in(bytes);
        (void)in.texts();
        (void)decode_error(in);
    }
}

BOOST_AUTO_TEST_SUITE_END()
