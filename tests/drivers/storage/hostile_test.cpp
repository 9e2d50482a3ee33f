// SPDX-License-Identifier: Apache-2.0
//
// Every hostile archive, on top of nothing and on top of a layer, against every driver, and against the unpacker
// without its cell: each comes to exactly what hostile_verdicts.txt says, and nothing outside changes.
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/wait.h>

#include <set>

#include <boost/make_shared.hpp>

#include "plugins/common/archive/placer.hpp"
#include "tests/drivers/storage/fixture.hpp"
#include "tests/drivers/storage/hostile_archives.hpp"
#include "tests/drivers/storage/listing.hpp"
#include "tests/drivers/storage/tar_builder.hpp"
#include "trees/dir_stack.hpp"

using namespace staithe;
using namespace staithe::test;

namespace {

enum class Base : bool { Bare, Layered };

std::string base_archive()
{
    return TarBuilder().dir("etc/").file("etc/passwd", "image").dir("d/").file("d/x").done();
}

std::string base_listing(Base base)
{
    std::string const root = "d 755 0:0 .\n";
    return base == Base::Bare
        ? root
        : root + "d 755 0:0 d\nf 644 0:0 d/x = data\nd 755 0:0 etc\nf 644 0:0 etc/passwd = image\n";
}

/// "unpacked", and what is there ("+") or no more there ("-") compared to the base.
std::string acceptance(int root, Base base)
{
    auto lines = [](std::string const& text) {
        std::set<std::string> all;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);)
            all.insert(line);
        return all;
    };
    auto const before = lines(base_listing(base)), after = lines(listing(root));
    std::string verdict = "unpacked\n";
    for (auto const& line : before)
        if (!after.contains(line))
            verdict += "  - " + line + '\n';
    for (auto const& line : after)
        if (!before.contains(line))
            verdict += "  + " + line + '\n';
    return verdict;
}

/// What an archive came to: "refused CODE", or what acceptance() says.
struct Outcome {
    std::string verdict, message;
    bool left_untouched = true; ///< after a refusal
};

std::string refusal(staithe_code code)
{
    static char const* const names[] = { "OK", "INVALID", "NOT_FOUND", "EXISTS", "CONFLICT", "BUSY", "DENIED",
        "UNAUTHORIZED", "UNSUPPORTED", "UNAVAILABLE", "CANCELLED", "NO_SPACE", "RANGE", "CORRUPT", "IO", "INTERNAL" };
    return std::string("refused ") + names[code] + '\n';
}

/// What unpacks archives.
class Victim {
public:
    virtual ~Victim() = default;
    virtual Outcome unpack(std::string const& archive, Base base) = 0;
};

class DriverVictim final : public Victim {
public:
    explicit DriverVictim(std::string const& name)
        : m_driver(name, scratch_root() + "/" + name)
    {
        BOOST_TEST_REQUIRE(static_cast<bool>(m_driver.create(id_of(1))));
        BOOST_TEST_REQUIRE(static_cast<bool>(m_driver.apply(id_of(1), base_archive())));
        m_base_hash = m_driver.tree_hash(id_of(1)).value();
    }

    Outcome unpack(std::string const& archive, Base base) override
    {
        auto const id = id_of(m_next++);
        BOOST_TEST_REQUIRE(static_cast<bool>(m_driver.create(id, base == Base::Layered ? id_of(1) : "")));
        auto const before = m_driver.tree_hash(id).value();
        auto const applied = m_driver.apply(id, archive);
        Outcome outcome;
        if (applied) {
            outcome.verdict = acceptance(m_driver.mount(id, false).value().get(), base);
        } else {
            outcome = { refusal(applied.error().code), applied.error().message, true };
            outcome.left_untouched = m_driver.tree_hash(id).value() == before;
        }
        BOOST_TEST(static_cast<bool>(m_driver.remove(id)));
        BOOST_TEST(m_driver.tree_hash(id_of(1)).value() == m_base_hash, "the layer below changed");
        return outcome;
    }

private:
    Driver m_driver;
    std::string m_base_hash;
    unsigned m_next = 2;
};

/// The unpacker in a plain child of root, with the host's own root directory: what holds without any cell around it.
class UncagedVictim final : public Victim {
public:
    Outcome unpack(std::string const& archive, Base base) override
    {
        auto const tree = scratch_root() + "/uncaged";
        ::mkdir(tree.c_str(), 0755);
        UniqueFd const root(::open(tree.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        auto code = base == Base::Layered ? run(root.get(), base_archive(), archive::Below::Nothing) : STAITHE_OK;
        BOOST_TEST_REQUIRE(code == STAITHE_OK);
        auto const below = base == Base::Layered ? archive::Below::Layers : archive::Below::Nothing;
        code = run(root.get(), archive, below);
        Outcome const outcome { code ? refusal(code) : acceptance(root.get(), base), {}, true };
        BOOST_TEST(static_cast<bool>(trees::remove_tree(AT_FDCWD, tree.c_str())));
        return outcome;
    }

private:
    static Result<void> place_all(int root, std::string const& path, archive::Below below)
    {
        UniqueFd const input(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        auto const stream = STAITHE_TRY(archive::decompress(input.get()));
        archive::TarReader reader(*stream);
        archive::Placer placer(root, below);
        archive::Entry entry;
        while (STAITHE_TRY(reader.next(entry)))
            STAITHE_TRY(placer.place(entry, reader));
        return placer.finish();
    }

    static staithe_code run(int root, std::string const& archive, archive::Below below)
    {
        auto const path = scratch_root() + "/uncaged.tar";
        std::ofstream(path, std::ios::binary) << archive;
        pid_t const child = ::fork();
        if (child == 0) {
            ::umask(0);
#ifndef STAITHE_SANITIZED
            rlimit const memory { rlim_t { 192 } << 20, rlim_t { 192 } << 20 };
            ::setrlimit(RLIMIT_AS, &memory);
#endif
            auto const placed = place_all(root, path, below);
            ::_exit(placed ? STAITHE_OK : placed.error().code);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : STAITHE_INTERNAL;
    }
};

/// What an archive would like to change.
std::string fingerprint(std::string const& path)
{
    struct stat s { };
    if (::lstat(path.c_str(), &s) != 0)
        return "gone";
    std::ostringstream out;
    out << s.st_ino << ' ' << s.st_mode << ' ' << s.st_uid << ' ' << s.st_gid << ' ' << s.st_nlink << ' '
        << s.st_mtim.tv_sec << ' ' << s.st_mtim.tv_nsec << ' ' << s.st_ctim.tv_sec << ' ' << s.st_ctim.tv_nsec << ' ';
    return out.str() + (S_ISREG(s.st_mode) ? slurp(path) : "");
}

/// The world outside of the layers, with programs in $PATH that tell when somebody starts them.
class Outside {
public:
    static Outside const& get()
    {
        static Outside const outside;
        return outside;
    }
    std::string state() const
    {
        return fingerprint(directory()) + fingerprint(directory() + "/file") + fingerprint("/etc/passwd")
            + fingerprint("/proc/self/exe");
    }
    bool has_run() const { return ::access((scratch_root() + "/ran").c_str(), F_OK) == 0; }
    static std::string directory() { return scratch_path() + "/victim"; }

private:
    Outside()
    {
        ::mkdir(directory().c_str(), 0755);
        std::ofstream(directory() + "/file") << "precious";
        auto const programs = scratch_root() + "/bin";
        ::mkdir(programs.c_str(), 0755);
        for (char const* name : { "lrzip", "grzip", "gzip", "xz", "bzip2", "zstd", "lz4", "sh" }) {
            std::ofstream(programs + '/' + name) << "#!/bin/sh\n: > " << scratch_root() << "/ran\n";
            ::chmod((programs + '/' + name).c_str(), 0755);
        }
        ::setenv("PATH", programs.c_str(), 1);
    }
};

/// This process's scratch directory as the file of verdicts writes it.
std::string neutral(std::string text)
{
    auto const name = scratch_path().substr(sizeof "/tmp/" - 1);
    for (size_t at = 0; (at = text.find(name, at)) != text.npos;)
        text.replace(at, name.size(), "SCRATCH");
    return text;
}

std::string base_name(Base base)
{
    return base == Base::Bare ? "bare" : "layered";
}

/// "NAME | bare, layered or both | VERDICT", and lines that begin with blanks.
std::string expected_verdict(HostileArchive const& archive, Base base)
{
    static std::string const all = slurp(STAITHE_TEST_SOURCE_DIR "/hostile_verdicts.txt");
    for (auto const& which : { base_name(base), std::string("both") }) {
        auto const key = '\n' + neutral(archive.name) + " | " + which + " | ";
        auto const at = all.find(key);
        if (at == all.npos)
            continue;
        auto end = all.find('\n', at + key.size());
        while (end + 1 < all.size() && all[end + 1] == ' ')
            end = all.find('\n', end + 1);
        return all.substr(at + key.size(), end + 1 - at - key.size());
    }
    return "(no verdict)\n";
}

Victim& victim(std::string const& name)
{
    static std::map<std::string, std::unique_ptr<Victim>> victims;
    auto& found = victims[name];
    if (!found && name == "uncaged")
        found = std::make_unique<UncagedVictim>();
    if (!found)
        found = std::make_unique<DriverVictim>(name);
    return *found;
}

void attack(std::string const& name, HostileArchive const& archive, Base base)
{
    BOOST_TEST_REQUIRE(!scratch_root().empty());
    auto const& outside = Outside::get();
    auto const before = outside.state();
    auto const outcome = victim(name).unpack(archive.bytes, base);
    auto const verdict = neutral(outcome.verdict);
    BOOST_TEST(verdict == expected_verdict(archive, base),
        "[[" << neutral(archive.name) << " | " << base_name(base) << " | " << verdict << "]] " << outcome.message);
    BOOST_TEST(outcome.left_untouched, "a refused archive left something behind");
    BOOST_TEST(outcome.message.find("signal") == std::string::npos, outcome.message);
    BOOST_TEST(outside.state() == before, "something outside changed");
    BOOST_TEST(!outside.has_run(), "a program was started");
}

std::vector<HostileArchive> const& archives()
{
    static auto const all = hostile_archives(Outside::directory());
    return all;
}

/// Test cases with names of their own: --run_test='*sl-write*'.
class Cases final : public boost::unit_test::test_unit_generator {
public:
    boost::unit_test::test_unit* next() const override
    {
        static char const* const victims[] = { "overlay", "vfs", "uncaged" };
        size_t const number = m_next++, archive = number / 6;
        if (archive >= archives().size())
            return nullptr;
        auto const base = number % 2 ? Base::Layered : Base::Bare;
        std::string const name = victims[number / 2 % 3];
        auto full = "ROOT_" + name + (base == Base::Bare ? "_bare_" : "_layered_") + std::to_string(archive) + '_'
            + neutral(archives()[archive].name);
        for (char& c : full)
            if (!std::isalnum(static_cast<unsigned char>(c)))
                c = '_';
        return boost::unit_test::make_test_case(
            [=] { attack(name, archives()[archive], base); }, full, __FILE__, __LINE__);
    }

private:
    mutable size_t m_next = 0;
};

boost::unit_test::ut_detail::auto_test_unit_registrar const registered(
    boost::make_shared<Cases>(), boost::unit_test::decorator::collector_t::instance());

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(ScratchRoot);

BOOST_AUTO_TEST_CASE(there_are_many_and_all_are_different)
{
    std::set<std::string> bytes, names;
    for (auto const& archive : archives()) {
        BOOST_TEST(bytes.insert(archive.bytes).second, archive.name);
        BOOST_TEST(names.insert(archive.name).second, archive.name);
    }
    BOOST_TEST(archives().size() >= 90u);
}
