// SPDX-License-Identifier: Apache-2.0
//
// Instead of libstdc++'s verbose handler, whose demangler every container would carry: nobody reads its stderr.
#include <cstdlib>
#include <exception>

namespace __gnu_cxx {

void __verbose_terminate_handler()
{
    std::abort();
}

} // namespace __gnu_cxx
