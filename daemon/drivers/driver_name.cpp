#include "driver_name.hpp"

#include <algorithm>

#include "daemon/rpc/driver_protocol.hpp"

namespace staithe::drivers {

bool is_driver_name(std::string_view name)
{
    constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::string_view further = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    return !name.empty() && name.size() <= 64 && first.find(name[0]) != std::string_view::npos
        && name.find_first_not_of(further) == std::string_view::npos;
}

std::optional<staithe_kind> kind_from(std::string_view text)
{
    for (auto const kind : { STAITHE_EXECUTION, STAITHE_STORAGE, STAITHE_REGISTRY })
        if (text == rpc::driver::name(kind))
            return kind;
    return {};
}

std::string DriverId::stem() const
{
    return std::string(rpc::driver::name(kind)) + "-" + name;
}

std::string DriverId::describe() const
{
    return std::string(rpc::driver::name(kind)) + " driver '" + name + "'";
}

std::optional<DriverId> driver_id_from(std::string_view stem)
{
    size_t const dash = stem.find('-');
    if (dash == std::string_view::npos || !is_driver_name(stem.substr(dash + 1)))
        return {};
    auto const kind = kind_from(stem.substr(0, dash));
    if (!kind)
        return {};
    return DriverId { *kind, std::string(stem.substr(dash + 1)) };
}

} // namespace staithe::drivers
