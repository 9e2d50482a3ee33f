// See front.hpp.
#include "front.hpp"

namespace staithe::doubles {

static void put(staithe_execution& table)
{
    Front<&staithe_execution::check>::put(table, "check");
    Front<&staithe_execution::start>::put(table, "start");
    Front<&staithe_execution::signal>::put(table, "signal");
    Front<&staithe_execution::destroy>::put(table, "destroy");
    Front<&staithe_execution::stats>::put(table, "stats");
}

} // namespace staithe::doubles

const staithe_plugin staithe_plugin_v1 =
    staithe::doubles::FrontPlugin<staithe_execution, STAITHE_EXECUTION, staithe::doubles::put>::make();
