#include "daemon/driver-host/streams.hpp"

#include <csignal>
#include <thread>

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::driver_host;

namespace {

struct Pipe {
    Pipe()
    {
        int fds[2];
        BOOST_REQUIRE_EQUAL(::pipe2(fds, O_CLOEXEC), 0);
        read.reset(fds[0]);
        write.reset(fds[1]);
        ::signal(SIGPIPE, SIG_IGN);
    }
    UniqueFd read, write;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(streams, Pipe)

BOOST_AUTO_TEST_CASE(a_stream_is_complete_only_when_it_is_said_to_be)
{
    ActiveCall call(1, {}, std::move(read), {});
    PipeSource source(call);
    char buffer[16];
    BOOST_REQUIRE_EQUAL(::write(write.get(), "abc", 3), 3);
    BOOST_CHECK_EQUAL(source.read(buffer, sizeof buffer).value(), 3u);
    std::thread daemon([&] {
        write.reset();
        call.end_stream({ true, {} });
    });
    auto const end = source.read(buffer, sizeof buffer);
    daemon.join();
    BOOST_REQUIRE(end);
    BOOST_CHECK_EQUAL(end.value(), 0u);
}

BOOST_AUTO_TEST_CASE(a_cut_stream_is_an_error)
{
    ActiveCall call(1, {}, std::move(read), {});
    call.end_stream({ false, { STAITHE_IO, 0, "unexpected EOF" } });
    write.reset();
    char byte;
    auto const end = PipeSource(call).read(&byte, 1);
    BOOST_REQUIRE(!end);
    BOOST_CHECK_EQUAL(end.error().message, "unexpected EOF");
}

BOOST_AUTO_TEST_CASE(a_cancelled_stream_is_an_error)
{
    ActiveCall call(1, {}, std::move(read), {});
    call.cancel();
    write.reset();
    char byte;
    auto const end = PipeSource(call).read(&byte, 1);
    BOOST_REQUIRE(!end);
    BOOST_CHECK_EQUAL(end.error().code, STAITHE_CANCELLED);
    BOOST_CHECK(call.cancelled());
}

BOOST_AUTO_TEST_CASE(a_sink_tells_why_its_reader_has_gone_and_remembers_it)
{
    ActiveCall call(1, {}, std::move(write), {});
    call.end_stream({ false, { STAITHE_NO_SPACE, 0, "disk is full" } });
    read.reset();
    PipeSink sink(call);
    auto const written = sink.write("x", 1);
    BOOST_REQUIRE(!written);
    BOOST_CHECK_EQUAL(written.error().message, "disk is full");
    BOOST_CHECK(sink.failed());
}

BOOST_AUTO_TEST_SUITE_END()
