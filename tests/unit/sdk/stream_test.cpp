#include <staithe/cpp/stream.hpp>

#include <boost/test/unit_test.hpp>

using namespace staithe;

namespace {

struct Failing final : Source {
    Result<size_t> read(void*, size_t) override { return Error { STAITHE_CORRUPT, 0, "cut short" }; }
};
struct Throwing final : Sink {
    Result<void> write(void const*, size_t) override { throw std::runtime_error("full"); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(streams)

BOOST_AUTO_TEST_CASE(a_failure_crosses_as_itself)
{
    Failing source;
    SourceTable table(source);
    char byte;
    BorrowedSource borrowed(*table.get());
    auto const n = borrowed.read(&byte, 1);
    BOOST_REQUIRE(!n);
    BOOST_CHECK_EQUAL(n.error().code, STAITHE_CORRUPT);
    BOOST_CHECK_EQUAL(n.error().message, "cut short");
    BOOST_CHECK_EQUAL(borrowed.size(), Source::unknown_size);
}

BOOST_AUTO_TEST_CASE(an_exception_does_not_cross)
{
    Throwing sink;
    SinkTable table(sink);
    BorrowedSink borrowed(*table.get());
    auto const written = borrowed.write("x", 1);
    BOOST_REQUIRE(!written);
    BOOST_CHECK_EQUAL(written.error().message, "driver threw: full");
}

BOOST_AUTO_TEST_SUITE_END()
