// Instead of libstdc++'s verbose handler, whose demangler every keeper would carry: nobody reads a keeper's stderr.
#include <cstdlib>
#include <exception>

namespace __gnu_cxx {

void __verbose_terminate_handler()
{
    std::abort();
}

} // namespace __gnu_cxx
