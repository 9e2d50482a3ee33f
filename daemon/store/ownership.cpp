#include "daemon/store/ownership.hpp"

#include "daemon/os/file.hpp"

namespace staithe::store {

Result<bool> owns(std::string const& mark, std::string const& identity, bool empty)
{
    auto const owner = os::read_file(mark, 256);
    if (owner && owner.value() == identity)
        return true;
    if (!empty)
        return false;
    STAITHE_TRY(os::write_file(mark, identity));
    return true;
}

} // namespace staithe::store
