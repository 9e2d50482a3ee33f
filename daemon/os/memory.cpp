#include "daemon/os/memory.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <charconv>
#include <fstream>
#include <string>

namespace staithe::os {

namespace {

    struct Range {
        uintptr_t begin = 0, end = 0;
    };

    /// "7f0c…-7f0d… r-xp 0001a000 fe:00 1234 /usr/lib/…": nothing, unless it is code of a file that nobody can have
    /// written to.
    Range code_of(std::string const& line)
    {
        Range range;
        auto const space = line.find(' '), dash = line.find('-');
        bool const code = space != line.npos && dash < space && line.compare(space + 1, 4, "r-xp") == 0;
        if (!code || line.find(" /") == line.npos)
            return {};
        char const* const text = line.data();
        auto const first = std::from_chars(text, text + dash, range.begin, 16);
        auto const last = std::from_chars(text + dash + 1, text + space, range.end, 16);
        return first.ec == std::errc() && last.ec == std::errc() ? range : Range {};
    }

} // namespace

void give_back_start()
{
    ::malloc_trim(0);
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (auto const range = code_of(line); range.end > range.begin)
            (void)::madvise(reinterpret_cast<void*>(range.begin), range.end - range.begin, MADV_DONTNEED);
}

} // namespace staithe::os
