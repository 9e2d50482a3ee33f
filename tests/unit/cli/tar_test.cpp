// The reader of archives: every form that it knows, and bytes that are none.
#include "cli/tar.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/tar_maker.hpp"

using namespace staithe::cli;
using namespace staithe::test;

namespace {

/// What was read, as text: "name type mode size=data;" with holes as '_'.
struct Listing final : TarReceiver {
    std::string text, content;
    staithe::Result<void> begin(TarMember const& member) override
    {
        static constexpr char letters[] = "fhldn";
        text += member.name + " " + letters[static_cast<int>(member.type)];
        if (!member.link.empty())
            text += "->" + member.link;
        content.assign(member.size < 100000 ? member.size : 0, '_');
        return {};
    }
    staithe::Result<void> data(uint64_t offset, std::string_view bytes) override
    {
        content.replace(offset, bytes.size(), bytes);
        return {};
    }
    staithe::Result<void> end() override
    {
        text += (content.empty() ? "" : "=" + content) + ";";
        return {};
    }
};

std::string read(std::string const& archive, size_t part = SIZE_MAX)
{
    Listing listing;
    TarReader reader(listing);
    for (size_t i = 0; i < archive.size();) {
        auto const piece = archive.substr(i, part);
        if (auto const fed = reader.feed(piece); !fed)
            return listing.text + "error: " + fed.error().message;
        i += piece.size();
    }
    if (auto const done = reader.finish(); !done)
        return listing.text + "error: " + done.error().message;
    return listing.text;
}

std::string sparse(std::string const& map, std::string const& data, std::string const& real_size)
{
    std::string body = map;
    body.resize((map.size() + 511) / 512 * 512);
    return tar_pax({ "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=holes",
               "GNU.sparse.realsize=" + real_size })
        + tar_member({ "GNUSparseFile.0/holes", '0', body + data }) + tar_end();
}

} // namespace

BOOST_AUTO_TEST_SUITE(tar)

BOOST_AUTO_TEST_CASE(every_type_in_parts_of_every_size)
{
    auto const archive = tar_member({ "d/", '5', "", "", 0755 }) + tar_member({ "d/f", '0', "hello" })
        + tar_member({ "d/empty", '0' }) + tar_member({ "d/block", '0', std::string(512, 'b') })
        + tar_member({ "d/s", '2', "", "/etc" }) + tar_member({ "d/h", '1', "", "d/f" }) + tar_member({ "d/n", '3' })
        + tar_member({ "d/p", '6' }) + tar_end();
    auto const expected =
        "d/ d;d/f f=hello;d/empty f;d/block f=" + std::string(512, 'b') + ";d/s l->/etc;d/h h->d/f;d/n n;d/p n;";
    for (size_t const part : { 1ul, 7ul, 511ul, 512ul, 513ul, 100000ul })
        BOOST_TEST(read(archive, part) == expected);
}

BOOST_AUTO_TEST_CASE(long_names)
{
    std::string const name = std::string(300, 'n');
    BOOST_TEST(read(tar_pax({ "path=" + name, "linkpath=" + name + "l", "mtime=-1.5", "comment=x=y" })
                   + tar_member({ "short", '2', "", "l" }) + tar_member({ "next", '0' }) + tar_end())
        == name + " l->" + name + "l;next f;");
    BOOST_TEST(
        read(tar_member({ "././@LongLink", 'L', name + std::string(1, '\0') })
            + tar_member({ "././@LongLink", 'K', name + "k" }) + tar_member({ "short", '2', "", "l" }) + tar_end())
        == name + " l->" + name + "k;");
    BOOST_TEST(read(tar_member({ .name = "base", .prefix = "some/prefix" }) + tar_end()) == "some/prefix/base f;");
}

BOOST_AUTO_TEST_CASE(sizes)
{
    BOOST_TEST(
        read(tar_pax({ "size=3" }) + tar_member({ .name = "f", .data = "abc", .size = "00000000000" }) + tar_end())
        == "f f=abc;");
    auto const base256 = std::string("\x80") + std::string(10, '\0') + "\x03";
    BOOST_TEST(read(tar_member({ .name = "f", .data = "abc", .size = base256 }) + tar_end()) == "f f=abc;");
    for (std::string const& size :
        { std::string("\xff") + std::string(11, '\xff'), std::string("\x80\x7f") + std::string(10, '\xff'),
            std::string("abc"), std::string("-1"), std::string("99999999999") })
        BOOST_TEST(read(tar_member({ .name = "f", .size = size }) + tar_end())
            == "error: the archive is damaged: a member's header is none");
}

BOOST_AUTO_TEST_CASE(holes)
{
    BOOST_TEST(read(sparse("2\n2\n3\n7\n1\n", "abcd", "10"), 1) == "holes f=__abc__d__;");
    BOOST_TEST(read(sparse("0\n", "", "4")) == "holes f=____;");
    BOOST_TEST(read(sparse("3\n0\n0\n1\n2\n4\n0\n", "xy", "4")) == "holes f=_xy_;");
    // What a map must not say.
    auto const misfit = "error: the archive is damaged: a sparse map does not fit its file";
    BOOST_TEST(read(sparse("1\n2\n3\n", "abc", "4")) == misfit);
    BOOST_TEST(read(sparse("1\n0\n3\n", "abcd", "4")) == misfit);
    BOOST_TEST(read(sparse("1\n0\n3\n", "ab", "4")) == misfit);
    BOOST_TEST(
        read(sparse("2\n2\n2\n0\n2\n", "abcd", "9")) == "error: the archive is damaged: a sparse map is not in order");
    BOOST_TEST(read(sparse("1\n4611686018427387903\n3\n", "abc", "4")).find("error: ") == 0u);
    BOOST_TEST(read(sparse("9999999\n", "", "4")) == "error: the archive is damaged: a sparse map is none");
    BOOST_TEST(read(sparse("x\n", "", "4")) == "error: the archive is damaged: a sparse map is none");
    BOOST_TEST(read(sparse("3\n1\n", "", "4")).find("error: ") == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_no_archive)
{
    auto const cut = "error: the archive is damaged: it was cut";
    BOOST_TEST(read("") == cut);
    BOOST_TEST(read("no space left on device\n") == cut);
    auto const whole = tar_member({ "f", '0', "hello" });
    BOOST_TEST(read(whole) == std::string("f f=hello;") + cut);
    BOOST_TEST(read(whole.substr(0, 514)) == "f f" + std::string(cut));
    auto bad = whole;
    bad[0] = 'g';
    BOOST_TEST(read(bad) == "error: the archive is damaged: a member's header is none");
    BOOST_TEST(read(std::string(512, 'x')) == "error: the archive is damaged: a member's header is none");
    BOOST_TEST(
        read(tar_member({ "l", '2', "data", "x" })) == "error: the archive is damaged: 'l' has data but is no file");
    BOOST_TEST(
        read(tar_member({ "s", 'S' })).find("GNU's old form, which staithe does not understand") != std::string::npos);
    BOOST_TEST(read(tar_member({ .name = "x", .type = 'x', .size = "77777777777" }))
        == "error: the archive is damaged: an extended header is too long");
    for (std::string const& records :
        { std::string("5 path=x\n"), std::string("999 path=x\n"), std::string("x\n"), std::string("8 pathx\n"),
            std::string("-1 path=x\n"), std::string("13 size=abcd\n"), std::string("11 mtime=x\n") })
        BOOST_TEST(read(tar_member({ "x", 'x', records }) + tar_member({ "f", '0' }) + tar_end()).find("error: ") == 0u,
            records);
    BOOST_TEST(read(tar_end() + "whatever follows") == "");
}

BOOST_AUTO_TEST_CASE(random_damage_is_never_more_than_an_error)
{
    auto const archive = tar_member({ "d/", '5' }) + tar_pax({ "path=d/" + std::string(200, 'x'), "mtime=1.5" })
        + tar_member({ "d/f", '0', std::string(1000, 'x') }) + sparse("2\n2\n3\n7\n1\n", "abcd", "10");
    std::mt19937 random(1);
    for (int round = 0; round < 3000; ++round) {
        auto damaged = archive;
        for (int i = 0; i < 3; ++i)
            damaged[random() % damaged.size()] = static_cast<char>(random());
        damaged.resize(round % 3 ? damaged.size() : random() % damaged.size());
        read(damaged, 1 + random() % 700);
    }
}

BOOST_AUTO_TEST_CASE(what_gnu_tar_makes)
{
    auto const directory = std::string("/tmp/staithe-tar-") + std::to_string(::getpid());
    auto const script = "set -e; mkdir " + directory + "; cd " + directory
        + "; mkdir d; echo hello > d/f; ln -s f d/s; ln d/f d/h; truncate -s 20000 d/holes; printf x >> d/holes; "
          "touch d/\\$(printf '%0150d' 7); tar \\$0 --sort=name -cf a.tar d";
    for (std::string const flags : { "--format=gnu", "--format=posix --sparse" }) {
        bool const made = std::system(("bash -c \"" + script + "\" \"" + flags + "\" 2>/dev/null").c_str()) == 0;
        std::ifstream file(directory + "/a.tar", std::ios::binary);
        std::string const archive { std::istreambuf_iterator<char>(file), {} };
        std::filesystem::remove_all(directory);
        if (!made) {
            BOOST_TEST_MESSAGE("skipped: no GNU tar");
            return;
        }
        auto text = read(archive);
        std::replace(text.begin(), text.end(), '_', '\0');
        bool const same = text
            == "d/ d;d/" + std::string(149, '0') + "7 f;d/f f=hello\n;d/h h->d/f;d/holes f=" + std::string(20000, '\0')
                + "x;d/s l->f;";
        BOOST_TEST(same, flags);
    }
}

BOOST_AUTO_TEST_SUITE_END()
