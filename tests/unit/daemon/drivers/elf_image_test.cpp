#include "daemon/drivers/elf_image.hpp"

#include <elf.h>
#include <sys/mman.h>

#include <cstring>
#include <random>

#include "installation.hpp"

using namespace staithe;
using namespace staithe::drivers;

namespace {

struct Images : test::Installation {
    Result<void> check(std::string const& content)
    {
        UniqueFd const fd(::memfd_create("image", MFD_CLOEXEC));
        BOOST_REQUIRE_EQUAL(::write(fd.get(), content.data(), content.size()), static_cast<ssize_t>(content.size()));
        return check_image(fd.get());
    }
    std::string good()
    {
        install("storage-double");
        return read("storage-double.so");
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(elf_image, Images)

BOOST_AUTO_TEST_CASE(accepts_a_driver)
{
    BOOST_CHECK(check(good()));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_image_of_ours)
{
    BOOST_CHECK(!check(""));
    BOOST_CHECK(!check("#!/bin/sh\n"));
    BOOST_CHECK(!check(std::string(4096, '\0')));
    auto image = good();
    auto wrong = image;
    wrong[EI_CLASS] = ELFCLASS32;
    BOOST_CHECK(!check(wrong));
    wrong = image;
    wrong[offsetof(Elf64_Ehdr, e_machine)] = static_cast<char>(EM_SPARC);
    BOOST_CHECK(!check(wrong));
    wrong = image;
    wrong[offsetof(Elf64_Ehdr, e_type)] = ET_EXEC;
    BOOST_CHECK(!check(wrong));
}

BOOST_AUTO_TEST_CASE(refuses_a_program)
{
    std::ifstream program(HOST_PROGRAM, std::ios::binary);
    std::ostringstream content;
    content << program.rdbuf();
    auto const checked = check(content.str());
    BOOST_REQUIRE(!checked);
    CHECK_CONTAINS(checked.error().message, "is a program");
}

BOOST_AUTO_TEST_CASE(refuses_a_search_path)
{
    install("storage-runpath");
    auto const checked = check(read("storage-runpath.so"));
    BOOST_REQUIRE(!checked);
    BOOST_CHECK_EQUAL(checked.error().code, STAITHE_DENIED);
    CHECK_CONTAINS(checked.error().message, "DT_RUNPATH");
}

BOOST_AUTO_TEST_CASE(refuses_every_image_cut_within_what_is_mapped)
{
    install("storage-major-two");
    auto const image = read("storage-major-two.so");
    // The section headers lie behind everything that is mapped, and are not looked at.
    Elf64_Ehdr header;
    std::memcpy(&header, image.data(), sizeof header);
    size_t mapped = 0;
    for (size_t i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment;
        std::memcpy(&segment, image.data() + header.e_phoff + i * sizeof segment, sizeof segment);
        mapped = std::max<size_t>(mapped, segment.p_offset + segment.p_filesz);
    }
    BOOST_CHECK(check(image.substr(0, mapped)));
    for (size_t size = 0; size < mapped; size += 512)
        BOOST_CHECK_MESSAGE(!check(image.substr(0, size)), "cut at " << size);
}

BOOST_AUTO_TEST_CASE(survives_any_bytes)
{
    install("storage-major-two");
    auto const image = read("storage-major-two.so");
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
        auto broken = image.substr(0, 4096);
        for (int j = 0; j < 8; ++j)
            broken[random() % 1024] = static_cast<char>(random());
        (void)check(broken);
    }
}

BOOST_AUTO_TEST_SUITE_END()
