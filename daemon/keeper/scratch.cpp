#include "daemon/keeper/scratch.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>

namespace staithe::keeper {

namespace {

    constexpr uintptr_t page = 4096;
    constexpr uintptr_t deepest_stack = 128 << 10;

    /// The whole pages between two addresses.
    void release(uintptr_t begin, uintptr_t end)
    {
        begin = (begin + page - 1) / page * page;
        end = end / page * page;
        if (begin < end)
            ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }

    template <size_t size> void release(char (&block)[size])
    {
        auto const begin = reinterpret_cast<uintptr_t>(block);
        release(begin, begin + size);
    }

} // namespace

void release_scratch()
{
    release(s_block);
    release(s_replay);
    auto const here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    release(here - deepest_stack, here - page); // what is called from here needs little
    ::malloc_trim(0);
}

} // namespace staithe::keeper
