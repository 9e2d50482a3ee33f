// What stands in our nftables tables, as text; see docs/network.md for what each rule is for.
#pragma once

#include <string>

#include "daemon/network/bridge.hpp"
#include "daemon/network/network.hpp"

namespace staithe::network {

/// Names of interfaces on the host's side of a pair begin with this.
inline constexpr char pair_prefix[] = "stv";

/// The tables without the elements of their sets. comment: of the table "inet staithe"; letters and digits.
std::string ruleset(Options const&, Bridge const&, std::string const& comment);

/// Commands that remove a table whether it is there or not.
std::string removal(std::string const& family);

} // namespace staithe::network
