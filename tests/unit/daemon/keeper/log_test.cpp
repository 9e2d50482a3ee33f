// Writing and reading the log: order, rotation, damage.
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "daemon/log/writer.hpp"

using namespace staithe;
using namespace staithe::log;

namespace {

struct Directory {
    Directory()
    {
        char name[] = "/tmp/log-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name));
        path = name;
        fd.reset(::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    ~Directory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }

    Writer writer(Bounds bounds = {}) const
    {
        auto writer = Writer::open(fd.get(), bounds);
        BOOST_REQUIRE(writer);
        return std::move(writer).value();
    }
    std::string all() const
    {
        auto reader = Reader::whole(fd.get());
        BOOST_REQUIRE(reader);
        return rest(reader.value());
    }
    static std::string rest(Reader& reader)
    {
        std::string all;
        Record record;
        while (reader.next(record).value())
            all += record.bytes;
        return all;
    }
    void resize(uintmax_t size) const { std::filesystem::resize_file(path + "/log", size); }
    uintmax_t size() const { return std::filesystem::file_size(path + "/log"); }

    std::string path;
    UniqueFd fd;
};

void add(Writer& writer, std::string_view bytes, Stream stream = Stream::Out)
{
    BOOST_REQUIRE(writer.append(stream, 5, bytes));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(container_log, Directory)

BOOST_AUTO_TEST_CASE(no_log_is_an_empty_one)
{
    BOOST_TEST(all() == "");
}

BOOST_AUTO_TEST_CASE(records_come_back_as_they_were)
{
    auto w = writer();
    add(w, std::string_view("\0\xff", 2), Stream::Err);
    add(w, "");
    add(w, std::string(max_record_bytes, 'x'));
    auto reader = Reader::whole(fd.get());
    Record record;
    BOOST_REQUIRE(reader.value().next(record).value());
    BOOST_TEST((record.header.stream == Stream::Err));
    BOOST_TEST(record.header.time_ns == 5);
    BOOST_TEST(record.bytes == std::string_view("\0\xff", 2));
    BOOST_REQUIRE(reader.value().next(record).value());
    BOOST_TEST(record.bytes.empty());
    BOOST_REQUIRE(reader.value().next(record).value());
    BOOST_TEST(record.bytes.size() == max_record_bytes);
    BOOST_TEST(!reader.value().next(record).value());
    add(w, "later");
    BOOST_REQUIRE(reader.value().next(record).value());
    BOOST_TEST(record.bytes == "later");
    BOOST_TEST(reader.value().passed() == w.appended());
}

BOOST_AUTO_TEST_CASE(torn_tail_is_cut_wherever_it_is_torn)
{
    uintmax_t whole = 0;
    {
        auto w = writer();
        add(w, "good");
        whole = size();
        add(w, "torn record");
    }
    uintmax_t const full = size();
    for (uintmax_t cut = full - 1; cut > whole; --cut) {
        resize(cut);
        BOOST_TEST(all() == "good");
    }
    resize(whole + 7);
    auto w = writer();
    BOOST_TEST(size() == whole);
    add(w, " more");
    BOOST_TEST(all() == "good more");
}

BOOST_AUTO_TEST_CASE(zeros_after_a_power_cut_are_cut)
{
    {
        auto w = writer();
        add(w, "good");
    }
    resize(size() + 100'000);
    BOOST_TEST(all() == "good");
    auto w = writer();
    add(w, "!");
    BOOST_TEST(all() == "good!");
}

BOOST_AUTO_TEST_CASE(rotation_is_bounded_and_splits_no_record)
{
    auto w = writer({ 1, 3 }); // the least that is possible: two full records
    std::string expected;
    for (int i = 0; i < 200; ++i) {
        auto const text = std::to_string(i) + std::string(10'000, 'a') + "\n";
        add(w, text);
        expected += text;
    }
    auto const kept = all();
    BOOST_TEST((expected.substr(expected.size() - kept.size()) == kept));
    BOOST_TEST(kept.size() > 2u * (110u << 10));
    BOOST_TEST(kept.size() < 3u * (130u << 10));
    BOOST_TEST(!std::filesystem::exists(path + "/log.3"));
}

BOOST_AUTO_TEST_CASE(reader_follows_rotation)
{
    auto w = writer({ 1, 4 });
    auto reader = Reader::whole(fd.get());
    std::string expected, got;
    for (int i = 0; i < 100; ++i) {
        auto const text = std::to_string(i) + std::string(9'000, 'b');
        add(w, text);
        expected += text;
        if (i % 7 == 0)
            got += rest(reader.value());
    }
    got += rest(reader.value());
    BOOST_TEST((got == expected));
}

BOOST_AUTO_TEST_CASE(reading_from_the_last_record)
{
    auto w = writer();
    add(w, "one");
    add(w, "two");
    auto reader = w.read_from_last();
    BOOST_REQUIRE(reader);
    add(w, "three");
    BOOST_TEST(rest(reader.value()) == "twothree");
}

BOOST_AUTO_TEST_CASE(something_that_is_no_file_is_refused)
{
    std::filesystem::create_directory(path + "/log");
    BOOST_TEST(!Writer::open(fd.get(), {}));
}

BOOST_AUTO_TEST_SUITE_END()
