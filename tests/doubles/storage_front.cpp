// See front.hpp.
#include "front.hpp"

namespace staithe::doubles {

static void put(staithe_storage& table)
{
    Front<&staithe_storage::create>::put(table, "create");
    Front<&staithe_storage::remove>::put(table, "remove");
    Front<&staithe_storage::mount>::put(table, "mount");
    Front<&staithe_storage::list>::put(table, "list");
    Front<&staithe_storage::apply>::put(table, "apply");
    Front<&staithe_storage::usage>::put(table, "usage");
    Front<&staithe_storage::pack>::put(table, "pack");
    Front<&staithe_storage::changes>::put(table, "changes");
}

} // namespace staithe::doubles

const staithe_plugin staithe_plugin_v1 =
    staithe::doubles::FrontPlugin<staithe_storage, STAITHE_STORAGE, staithe::doubles::put>::make();
