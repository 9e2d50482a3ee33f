#include "api/wire/image.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(image)

BOOST_AUTO_TEST_CASE(an_untagged_image_has_no_name)
{
    api::ImageSummary const untagged { "", "", "i", 2'500'000'000, 3, 4 };
    api::ImageSummary const tagged { "localhost:5000/a", "latest", "i", 2'500'000'000, 3, 4 };
    BOOST_TEST(wire::encode_image_list({ untagged, tagged }, wire::all_fields)
        == R"([{"Id":"i","Created":2,"Size":3,"VirtualSize":4},)"
           R"({"Repository":"localhost:5000/a","Tag":"latest","Id":"i","Created":2,"Size":3,"VirtualSize":4}])");
    BOOST_TEST(wire::encode_image_list({}, wire::all_fields) == "[]");
}

BOOST_AUTO_TEST_CASE(details_leave_out_what_is_empty)
{
    wire::ImageFields const fields { .image = wire::all_fields, .config = 1 };
    api::ImageDetails image;
    image.id = "i";
    BOOST_TEST(wire::encode_image(image, fields)
        == R"({"id":"i","created":"0001-01-01T00:00:00Z","container_config":{"Hostname":""},"Size":0})");
    image.parent = "p";
    image.comment = "c";
    image.container = "k";
    image.docker_version = "0.1.0";
    image.author = "me";
    image.architecture = "x86_64";
    image.config.emplace().hostname = "h";
    image.size = 7;
    BOOST_TEST(wire::encode_image(image, fields)
        == R"({"id":"i","parent":"p","comment":"c","created":"0001-01-01T00:00:00Z","container":"k",)"
           R"("container_config":{"Hostname":""},"docker_version":"0.1.0","author":"me","config":{"Hostname":"h"},)"
           R"("architecture":"x86_64","Size":7})");
}

BOOST_AUTO_TEST_CASE(a_removal_lists_its_steps)
{
    std::string const id(64, 'd');
    BOOST_TEST(wire::encode_removed({ { true, id }, { false, id } })
        == R"([{"Untagged":"dddddddddddd"},{"Deleted":"dddddddddddd"}])");
    BOOST_TEST(wire::encode_removed({}) == "[]");
}

BOOST_AUTO_TEST_SUITE_END()
