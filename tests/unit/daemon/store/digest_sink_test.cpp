#include "daemon/layers/digest_sink.hpp"

#include <boost/test/unit_test.hpp>

using staithe::layers::DigestSink;

BOOST_AUTO_TEST_CASE(the_digest_is_sha256_however_the_bytes_come)
{
    DigestSink sink;
    BOOST_TEST(sink.digest() == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_REQUIRE(sink.write("abc", 3));
    BOOST_TEST(sink.digest() == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for (char const letter : { 'a', 'b', 'c' })
        BOOST_REQUIRE(sink.write(&letter, 1));
    BOOST_TEST(sink.digest() == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
