#include "installation.hpp"

using namespace staithe;
using namespace staithe::drivers;
using namespace staithe::drivers::test;

BOOST_FIXTURE_TEST_SUITE(catalog, Installation)

BOOST_AUTO_TEST_CASE(comes_up_with_nothing_installed)
{
    BOOST_CHECK(open().report({}).empty());
    auto const missing = catalog->storage("overlay");
    BOOST_REQUIRE(!missing);
    BOOST_CHECK_EQUAL(missing.error().code, STAITHE_NOT_FOUND);
    CHECK_CONTAINS(missing.error().message, "cannot use storage driver 'overlay'");
    options.directory = root + "/nowhere";
    BOOST_CHECK(open().report({}).empty());
    BOOST_CHECK(!catalog->storage("overlay"));
}

BOOST_AUTO_TEST_CASE(refuses_directories_that_are_none)
{
    options.directory = "drivers";
    BOOST_CHECK(!Catalog::create(options));
}

BOOST_AUTO_TEST_CASE(refuses_names_that_are_none)
{
    open();
    for (std::string const& name : { std::string("../x"), std::string("a/b"), std::string(), std::string("x\0y", 3),
             std::string(300, 'a'), std::string("libc.so.6"), std::string("/etc/passwd") }) {
        auto const storage_driver = catalog->storage(name);
        BOOST_REQUIRE(!storage_driver);
        BOOST_CHECK_EQUAL(storage_driver.error().code, STAITHE_INVALID);
        BOOST_CHECK(!catalog->execution(name));
    }
}

BOOST_AUTO_TEST_CASE(gives_an_execution_image_that_is_the_checked_file)
{
    install("execution-double");
    set("execution.double", "key", "value");
    auto image = open().execution("double");
    BOOST_REQUIRE(image);
    BOOST_CHECK(image.value().file);
    BOOST_CHECK_EQUAL(image.value().options.at(0).second, "value");
    BOOST_CHECK(std::filesystem::is_directory(image.value().state_dir));
    BOOST_CHECK_EQUAL(image.value().run_dir, options.run_dir + "/execution-double");
    BOOST_CHECK(report_of("double").state == DriverState::Ready);
}

BOOST_AUTO_TEST_CASE(probes_again_only_when_the_file_changed)
{
    install("storage-double");
    BOOST_CHECK(report_of("double").state == DriverState::Ready);
    install("storage-probe-refuses");
    write("storage-double.so", read("storage-probe-refuses.so"));
    BOOST_CHECK(report_of("double").state == DriverState::Broken);
    install("storage-double");
    BOOST_CHECK(report_of("double").state == DriverState::Ready);
}

BOOST_AUTO_TEST_CASE(gives_the_same_face_to_all)
{
    install("storage-double");
    open();
    BOOST_CHECK(catalog->storage("double").value() == catalog->storage("double").value());
}

BOOST_AUTO_TEST_SUITE_END()
