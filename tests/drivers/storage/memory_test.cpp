// SPDX-License-Identifier: Apache-2.0
//
// How much memory the confined unpacker takes for archives that want much: measured on itself, as the only child of a
// small process of its own.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/drivers/storage/compressed.hpp"
#include "tests/drivers/storage/fixture.hpp"
#include "tests/drivers/storage/tar_builder.hpp"

using namespace staithe;
using namespace staithe::test;
namespace data = boost::unit_test::data;

namespace {

constexpr long mebi = 1024; // in KiB

struct Glutton {
    std::string name;
    std::function<std::string()> archive;
    int code; ///< of staithe_code
    long window_kib; ///< of the decompressor
    std::string says {}; ///< what the message must contain
};

std::ostream& operator<<(std::ostream& out, Glutton const& glutton)
{
    return out << glutton.name;
}

std::string file_of(size_t mebibytes)
{
    return TarBuilder().file("x", std::string(mebibytes << 20, '\0')).done();
}

std::string sparse_file_of(size_t parts)
{
    auto map = std::to_string(parts) + '\n';
    for (size_t i = 0; i < parts; ++i)
        map += std::to_string(i) + "\n0\n";
    map.resize(archive::padded(map.size()));
    Member member { "x", '0', map };
    member.pax = pax("GNU.sparse.major", "1") + pax("GNU.sparse.realsize", "1125899906842624");
    return TarBuilder().add(member).done();
}

std::string many_files(size_t count)
{
    TarBuilder tar;
    for (size_t i = 0; i < count; ++i)
        tar.file(std::to_string(i % 100) + '/' + std::to_string(i), "");
    return tar.done();
}

std::vector<Glutton> gluttons()
{
    std::string const too_wide = "it needs a window over 128 MiB";
    std::vector<Glutton> all;
    for (char const* filter : { "gzip", "bzip2", "xz", "zstd" })
        all.push_back(
            { std::string("bomb_") + filter, [=] { return compressed(filter, file_of(96)); }, STAITHE_OK, 8 * mebi });
    all.push_back({ "zstd_128_MiB", [] { return zstd_with_window(file_of(160), 27); }, STAITHE_OK, 128 * mebi });
    all.push_back({ "xz_128_MiB", [] { return xz_with_dictionary(file_of(160), 27); }, STAITHE_OK, 128 * mebi });
    all.push_back({ "zstd_256_MiB", [] { return zstd_with_window(file_of(1), 28); }, STAITHE_RANGE, 0, too_wide });
    all.push_back({ "zstd_2_GiB", [] { return zstd_with_window(file_of(1), 31); }, STAITHE_RANGE, 0, too_wide });
    all.push_back({ "xz_256_MiB", [] { return xz_with_dictionary(file_of(1), 28); }, STAITHE_RANGE, 0, too_wide });
    all.push_back({ "xz_1_GiB", [] { return xz_with_dictionary(file_of(1), 30); }, STAITHE_RANGE, 0, too_wide });
    all.push_back({ "sparse_most_parts", [] { return sparse_file_of(1 << 20); }, STAITHE_OK, 0 });
    all.push_back({ "sparse_too_many_parts", [] { return sparse_file_of((1 << 20) + 1); }, STAITHE_CORRUPT, 0 });
    all.push_back({ "large_extended_header",
        [] {
            return TarBuilder()
                .add({ "x", '0', "", {}, 0644, 0, 0, 1, 0, 0, pax("comment", std::string(1 << 19, 'c')) })
                .done();
        },
        STAITHE_OK, 0 });
    all.push_back({ "many_files", [] { return many_files(100'000); }, STAITHE_OK, 0 });
    return all;
}

struct Measured {
    int code = -1;
    long peak_kib = 0;
    std::string message;
};

Measured measure(std::string const& driver, std::string const& archive)
{
    auto const state = scratch_root() + "/state", path = scratch_root() + "/archive";
    std::ofstream(path, std::ios::binary) << archive;
    auto const command = std::string(STAITHE_TEST_APPLY) + ' ' + driver + ' ' + state + " < " + path;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const output(::popen(command.c_str(), "re"), &::pclose);
    Measured measured;
    char message[512] = {};
    BOOST_TEST_REQUIRE(std::fscanf(output.get(), "%d %ld %511[^\n]", &measured.code, &measured.peak_kib, message) >= 2);
    measured.message = message;
    (void)!std::system(("rm -rf " + state).c_str());
    return measured;
}

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(ScratchRoot);

BOOST_DATA_TEST_CASE(ROOT_the_unpackers_own_peak, data::make(gluttons()), glutton)
{
    auto const archive = glutton.archive();
    for (char const* driver : { "overlay", "vfs" }) {
        auto const measured = measure(driver, archive);
        BOOST_TEST_MESSAGE(driver << ' ' << glutton.name << ": " << measured.peak_kib << " KiB " << measured.message);
        BOOST_TEST(measured.code == glutton.code, driver << ": " << measured.message);
        BOOST_TEST(measured.message.find(glutton.says) != std::string::npos, driver << ": " << measured.message);
        BOOST_TEST(measured.peak_kib > 1000); // else nothing was measured
        BOOST_TEST(measured.peak_kib <= 64 * mebi + glutton.window_kib);
    }
}
