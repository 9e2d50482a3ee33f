// Every function of a storage driver, ending in every bad way: the Error names driver and function, the others go on.
#include "installation.hpp"

#include <thread>

using namespace staithe;
using namespace staithe::drivers;
using namespace staithe::drivers::test;

namespace {

char const* const functions[] = { "create", "remove", "mount", "list", "apply", "diff", "pack", "changes", "usage",
    "tree_hash" };

/// "" for success, else the message.
std::string call(StorageDriver& driver, std::string const& function, Call const& how)
{
    auto const message = [](auto const& result) { return result ? std::string() : result.error().message; };
    TextSource source(std::string(1'000'000, 'x'));
    TextSink sink;
    if (function == "create")
        return message(driver.create(how, layer_a, "", Writable::Yes));
    if (function == "remove")
        return message(driver.remove(how, layer_b));
    if (function == "mount")
        return message(driver.mount(how, layer_b, Writable::No));
    if (function == "list")
        return message(driver.list(how));
    if (function == "apply")
        return message(driver.apply(how, layer_b, source));
    if (function == "diff")
        return message(driver.diff(how, layer_b, "", sink));
    if (function == "pack")
        return message(driver.pack(how, UniqueFd(::open("/", O_PATH | O_CLOEXEC)).get(), "/", ".", sink));
    if (function == "changes")
        return message(driver.changes(how, layer_b, ""));
    if (function == "usage")
        return message(driver.usage(how, layer_b));
    return message(driver.tree_hash(how, layer_b));
}

/// A driver that does one thing wrong, and a sound one beside it.
struct Patient {
    Patient(std::string const& function, std::string const& fault)
    {
        place.install("storage-double");
        place.set("storage.double", "fail." + function, fault);
        driver = place.storage();
        sound = make_sound();
        place.catalog.reset();
    }
    std::shared_ptr<StorageDriver> make_sound()
    {
        healthy.install("storage-double");
        auto made = healthy.storage();
        BOOST_REQUIRE(made->create(soon(), layer_b, "", Writable::No));
        return made;
    }
    Installation place, healthy;
    std::shared_ptr<StorageDriver> driver, sound;
};

void check_fault(std::string const& function, std::string const& fault, std::string const& part)
{
    Patient patient(function, fault);
    // As long as the driver's own function is not asked, it works.
    std::string const other = function == "create" ? "usage" : "create";
    BOOST_CHECK_EQUAL(call(*patient.driver, other, soon()), "");
    auto const message = call(*patient.driver, function, soon());
    CHECK_CONTAINS(message, "storage driver 'double'");
    CHECK_CONTAINS(message, function + "()");
    CHECK_CONTAINS(message, part);
    BOOST_CHECK_EQUAL(call(*patient.sound, "list", soon()), "");
    // And works again at once: with the same process, or a new one.
    BOOST_CHECK_EQUAL(call(*patient.driver, function == "list" ? "usage" : "list", soon()), "");
}

} // namespace

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(a_crash_names_driver_and_function)
{
    for (auto const* function : functions) {
        check_fault(function, "segfault", "was killed by signal 11");
        check_fault(function, "abort", "was killed by signal 6");
    }
}

BOOST_AUTO_TEST_CASE(an_exit_names_driver_and_function)
{
    for (auto const* function : functions)
        check_fault(function, "exit", std::string("died in ") + function + "(): its process exited with 3");
}

BOOST_AUTO_TEST_CASE(answers_outside_the_contract_name_driver_and_function)
{
    for (auto const* function : functions) {
        check_fault(function, "silent", "failed without a message");
        check_fault(function, "code", "failed without a message");
        check_fault(function, "raw-throw", "");
    }
    check_fault("mount", "garbage", "descriptor 9999");
    check_fault("mount", "file", "not the descriptor of a directory");
    check_fault("list", "garbage", "struct_size");
    check_fault("list", "names", "not a layer's");
    check_fault("apply", "garbage", "a size that cannot be");
    check_fault("changes", "garbage", "cannot be one");
    check_fault("tree_hash", "garbage", "a digest that is not");
}

BOOST_AUTO_TEST_CASE(an_exception_is_an_error_with_its_text)
{
    for (auto const* function : functions) {
        Patient patient(function, "throw");
        auto const message = call(*patient.driver, function, soon());
        CHECK_CONTAINS(message, "storage driver 'double'");
        CHECK_CONTAINS(message, std::string("thrown in ") + function);
    }
}

BOOST_AUTO_TEST_CASE(a_hang_names_driver_and_function_while_others_answer)
{
    std::vector<std::unique_ptr<Patient>> patients;
    for (auto const* function : functions)
        patients.push_back(std::make_unique<Patient>(function, "hang"));
    std::vector<std::string> messages(std::size(functions));
    std::vector<std::thread> threads;
    std::atomic<size_t> hanging = std::size(functions);
    for (size_t i = 0; i < messages.size(); ++i)
        threads.emplace_back([&, i] {
            messages[i] = call(*patients[i]->driver, functions[i], within(std::chrono::milliseconds(500)));
            --hanging;
        });
    size_t answered = 0;
    while (hanging > 0) {
        BOOST_CHECK_EQUAL(call(*patients[0]->sound, "usage", soon()), "");
        ++answered;
    }
    for (auto& thread : threads)
        thread.join();
    BOOST_CHECK_GT(answered, 10u);
    for (size_t i = 0; i < messages.size(); ++i) {
        CHECK_CONTAINS(
            messages[i], std::string("storage driver 'double' did not answer ") + functions[i] + "() within");
        std::string const other = functions[i] == std::string("list") ? "usage" : "list";
        BOOST_CHECK_EQUAL(call(*patients[i]->driver, other, soon()), "");
    }
}

BOOST_AUTO_TEST_CASE(calls_beside_the_one_that_hangs_end_with_a_reason)
{
    Installation place;
    place.install("storage-double");
    place.set("storage.double", "fail.remove", "hang");
    auto const driver = place.storage();
    BOOST_REQUIRE(driver->list(soon()));
    std::string beside;
    std::thread slow([&] {
        auto const made = driver->create(within(std::chrono::seconds(20)), layer_a, "slow", Writable::No);
        beside = made ? "made" : made.error().message;
    });
    auto const removed = driver->remove(within(std::chrono::milliseconds(300)), layer_b);
    slow.join();
    BOOST_REQUIRE(!removed);
    CHECK_CONTAINS(removed.error().message, "did not answer remove()");
    BOOST_CHECK_EQUAL(beside, "storage driver 'double' was stopped in create(): it did not come back from remove()");
    BOOST_CHECK(driver->list(soon()));
}

BOOST_AUTO_TEST_CASE(a_driver_that_does_not_close_is_ended)
{
    Installation place;
    place.install("storage-double");
    place.set("storage.double", "fail.quiesce", "segfault");
    BOOST_REQUIRE(place.storage()->list(soon()));
    place.catalog.reset();
}

BOOST_AUTO_TEST_SUITE_END()
