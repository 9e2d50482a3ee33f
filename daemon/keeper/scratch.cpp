#include "daemon/keeper/scratch.hpp"

#include <malloc.h>
#include <sys/mman.h>

namespace staithe::keeper {

void release_scratch()
{
    ::madvise(s_block, sizeof s_block, MADV_DONTNEED);
    ::madvise(s_replay, sizeof s_replay, MADV_DONTNEED);
    ::malloc_trim(0);
}

} // namespace staithe::keeper
