// Drivers that must not be loaded, or that misbehave while they are: each costs itself, with its name and the cause.
#include "installation.hpp"

#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <thread>

using namespace staithe;
using namespace staithe::drivers;
using namespace staithe::drivers::test;

namespace {

/// What somebody gets who uses the driver, as opposed to asking for the list.
std::string use(Installation& place, std::string const& name, std::chrono::milliseconds time = std::chrono::seconds(10))
{
    place.install("storage-" + name);
    auto driver = place.open().storage(name);
    if (!driver)
        return driver.error().message;
    auto const listed = driver.value()->list(within(time));
    return listed ? "works" : listed.error().message;
}

/// Is there a process with this word in its command line?
bool is_running(std::string const& word)
{
    for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "cmdline");
        std::string line;
        std::getline(file, line);
        if (line.find(word) != std::string::npos)
            return true;
    }
    return false;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(loader, Installation)

BOOST_AUTO_TEST_CASE(refuses_images_before_calling_them)
{
    CHECK_CONTAINS(use(*this, "no-symbol"), "does not export 'staithe_plugin_v1'");
    auto const major = use(*this, "major-two");
    CHECK_CONTAINS(major, "storage driver 'major-two'");
    CHECK_CONTAINS(major, "speaks ABI 2.0, this daemon speaks 1.0");
    auto const small = use(*this, "small-plugin");
    CHECK_CONTAINS(small, "staithe_plugin of the driver is 24 bytes, this daemon needs");
    CHECK_CONTAINS(use(*this, "null-init"), "staithe_plugin.init of the driver is NULL");
    CHECK_CONTAINS(use(*this, "null-create"), "staithe_storage.create of the driver is NULL");
    CHECK_CONTAINS(use(*this, "no-table"), "gave no table");
    CHECK_CONTAINS(use(*this, "runpath"), "DT_RUNPATH");
}

BOOST_AUTO_TEST_CASE(refuses_images_that_are_somebody_else)
{
    auto const wrong = use(*this, "wrong-name");
    CHECK_CONTAINS(wrong, "image offers storage driver 'somebody-else', not storage driver 'wrong-name'");
    CHECK_CONTAINS(use(*this, "twice"), "offers storage driver 'twice' twice");

    // An execution driver under a storage driver's file name.
    install("execution-double");
    write("storage-disguised.so", read("execution-double.so"));
    write("storage-disguised.driver", "name=disguised\nkind=storage\nabi=1.0\n");
    auto const listed = storage("disguised")->list(soon());
    BOOST_REQUIRE(!listed);
    CHECK_CONTAINS(listed.error().message, "offers execution driver 'double', not storage driver 'disguised'");

    // Two side files that describe one driver.
    install("storage-double");
    write("storage-copy.so", read("storage-double.so"));
    write("storage-copy.driver", read("storage-double.driver"));
    auto const copy = open().storage("copy");
    BOOST_REQUIRE(!copy);
    CHECK_CONTAINS(copy.error().message, "'storage-copy.driver'");
    CHECK_CONTAINS(copy.error().message, "'storage-double.driver'");
}

BOOST_AUTO_TEST_CASE(names_the_function_that_ended_the_process)
{
    auto const aborted = use(*this, "constructor-aborts");
    CHECK_CONTAINS(aborted, "storage driver 'constructor-aborts' died in dlopen()");
    CHECK_CONTAINS(aborted, "signal 6");
    CHECK_CONTAINS(use(*this, "constructor-exits"), "died in dlopen(): its process exited with 3");
    CHECK_CONTAINS(use(*this, "init-segfaults"), "died in init(): its process was killed by signal 11");
    CHECK_CONTAINS(use(*this, "init-exits"), "died in init()");
    CHECK_CONTAINS(use(*this, "open-exits"), "died in open()");
    CHECK_CONTAINS(use(*this, "init-refuses"), "this machine has no widget; plug one in");
}

BOOST_AUTO_TEST_CASE(names_the_function_that_hangs)
{
    CHECK_CONTAINS(use(*this, "constructor-hangs", std::chrono::milliseconds(300)),
        "storage driver 'constructor-hangs' did not answer dlopen() within");
    CHECK_CONTAINS(use(*this, "init-hangs", std::chrono::milliseconds(300)),
        "storage driver 'init-hangs' did not answer init() within");
}

BOOST_AUTO_TEST_CASE(leaves_no_process_that_a_driver_forked)
{
    BOOST_CHECK_EQUAL(use(*this, "forks"), "works");
    catalog.reset();
    // The forked child has our channel's group and was killed; it may take a moment to be gone.
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (is_running("storage-forks") && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_CHECK(!is_running("storage-forks"));
}

BOOST_AUTO_TEST_CASE(keeps_the_mess_in_the_drivers_own_house)
{
    mode_t const mask = ::umask(027);
    auto const cwd = std::filesystem::current_path();
    struct sigaction before {
    }, after {};
    ::sigaction(SIGTERM, nullptr, &before);
    BOOST_CHECK_EQUAL(use(*this, "messes"), "works");
    ::sigaction(SIGTERM, nullptr, &after);
    BOOST_CHECK(before.sa_handler == after.sa_handler);
    BOOST_CHECK_EQUAL(::umask(mask), 027u);
    BOOST_CHECK(std::filesystem::current_path() == cwd);
    BOOST_CHECK(!::getenv("LD_PRELOAD"));
    BOOST_CHECK(::fcntl(0, F_GETFD) >= 0);
}

BOOST_AUTO_TEST_CASE(reports_every_driver_and_why_it_does_not_work)
{
    for (auto const* name : { "double", "probe-refuses", "init-segfaults", "major-two", "runpath" })
        install(std::string("storage-") + name);
    write("storage-half.so", "");
    write("storage-empty.driver", "name=empty\nkind=storage\nabi=1.0\n");
    write("storage-future.driver", "name=future\nkind=storage\nabi=7.3\n");
    write("unrelated.txt", "");

    BOOST_CHECK(report_of("double").state == DriverState::Ready);
    BOOST_CHECK_EQUAL(report_of("double").summary, "A test double");
    BOOST_CHECK_EQUAL(report_of("double").version, "1.0");
    BOOST_CHECK_EQUAL(report_of("double").reason, "");
    BOOST_CHECK(report_of("probe-refuses").state == DriverState::Unusable);
    CHECK_CONTAINS(report_of("probe-refuses").reason, "the kernel has no widgets; load module 'widget'");
    BOOST_CHECK(report_of("init-segfaults").state == DriverState::Broken);
    CHECK_CONTAINS(report_of("init-segfaults").reason, "died in init()");
    BOOST_CHECK(report_of("major-two").state == DriverState::Broken);
    BOOST_CHECK(report_of("runpath").state == DriverState::Untrusted);
    BOOST_CHECK(report_of("half").state == DriverState::Broken);
    CHECK_CONTAINS(report_of("half").reason, "storage-half.driver");
    BOOST_CHECK(report_of("empty").state == DriverState::Broken);
    CHECK_CONTAINS(report_of("future").reason, "speaks ABI 7.3, this daemon speaks 1.0");
    BOOST_CHECK_EQUAL(catalog->report({}).size(), 8u);
}

BOOST_AUTO_TEST_CASE(probes_a_driver_that_eats_memory_without_feeding_it)
{
#ifndef STAITHE_SANITIZED
    install("storage-eats-memory");
    CHECK_CONTAINS(report_of("eats-memory").reason, "no more memory");
#endif
}

BOOST_AUTO_TEST_CASE(loads_nothing_that_others_can_write)
{
    install("storage-double");
    ::chmod(path("storage-double.so").c_str(), 0666);
    auto const driver = open().storage("double");
    BOOST_REQUIRE(!driver);
    BOOST_CHECK_EQUAL(driver.error().code, STAITHE_DENIED);
    BOOST_CHECK(report_of("double").state == DriverState::Untrusted);
}

BOOST_AUTO_TEST_SUITE_END()
