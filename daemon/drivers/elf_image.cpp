#include "elf_image.hpp"

#include <elf.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <vector>

namespace staithe::drivers {

namespace {

#if defined(__x86_64__)
    constexpr uint16_t machine = EM_X86_64;
#elif defined(__aarch64__)
    constexpr uint16_t machine = EM_AARCH64;
#else
#error "this architecture has no entry here"
#endif

    constexpr size_t max_dynamic_bytes = 64u << 10;

    Error bad(char const* why)
    {
        return { STAITHE_INVALID, 0, std::string("image ") + why };
    }

    Result<void> read_at(int fd, void* into, size_t size, uint64_t offset)
    {
        ssize_t const n = ::pread(fd, into, size, static_cast<off_t>(offset));
        if (n < 0)
            return errno_error("cannot read image");
        if (static_cast<size_t>(n) != size)
            return bad("is cut short");
        return {};
    }

    Result<void> check_header(ElfW(Ehdr) const& header)
    {
        if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
            return bad("is not an ELF file");
        if (header.e_ident[EI_CLASS] != (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32)
            || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != machine)
            return bad("is for another kind of machine");
        if (header.e_type != ET_DYN)
            return bad("is not a shared object");
        if (header.e_phentsize != sizeof(ElfW(Phdr)) || header.e_phnum == 0 || header.e_phnum > 256)
            return bad("has no valid program headers");
        return {};
    }

    Result<void> check_dynamic(int fd, ElfW(Phdr) const& segment)
    {
        if (segment.p_filesz > max_dynamic_bytes)
            return bad("has a dynamic section that is too large");
        std::vector<ElfW(Dyn)> entries(segment.p_filesz / sizeof(ElfW(Dyn)));
        STAITHE_TRY(read_at(fd, entries.data(), entries.size() * sizeof(ElfW(Dyn)), segment.p_offset));
        for (auto const& entry : entries) {
            if (entry.d_tag == DT_NULL)
                break;
            if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH)
                return Error { STAITHE_DENIED, 0,
                    "image has a library search path of its own (DT_RPATH or DT_RUNPATH); link it without -rpath" };
            if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_PIE))
                return bad("is a program, not a shared object");
        }
        return {};
    }

} // namespace

Result<void> check_image(int fd)
{
    struct stat s { };
    if (::fstat(fd, &s) < 0)
        return errno_error("cannot inspect image");
    auto const size = static_cast<uint64_t>(s.st_size);
    ElfW(Ehdr) header;
    STAITHE_TRY(read_at(fd, &header, sizeof header, 0));
    STAITHE_TRY(check_header(header));
    std::vector<ElfW(Phdr)> segments(header.e_phnum);
    STAITHE_TRY(read_at(fd, segments.data(), segments.size() * sizeof(ElfW(Phdr)), header.e_phoff));
    bool dynamic = false;
    for (auto const& segment : segments) {
        // A mapping past the end of the file would kill its reader.
        if (segment.p_type != PT_NULL && (segment.p_offset > size || segment.p_filesz > size - segment.p_offset))
            return bad("is cut short");
        if (segment.p_type != PT_DYNAMIC)
            continue;
        STAITHE_TRY(check_dynamic(fd, segment));
        dynamic = true;
    }
    return dynamic ? Result<void>() : bad("has no dynamic section");
}

} // namespace staithe::drivers
