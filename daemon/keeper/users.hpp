// Who a container's process is: the API's User against the container's own /etc/passwd and /etc/group, strictly.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::keeper {

struct Identity {
    uint32_t uid = 0, gid = 0;
    std::vector<uint32_t> groups; ///< supplementary ones, gid among them; ascending
};

/// `user` is "", "name", "number", and with ":group" or ":number" behind it. A user of passwd has its primary group and
/// every group that lists it, unless a group is named, which then is the only one. A number that is not in passwd is
/// allowed and has group 0. Digits are always a number, decimal, without a sign, spaces or leading zeros, below 2^31.
/// The texts are the contents of the files; empty where there is none.
Result<Identity> resolve_user(std::string_view user, std::string_view passwd, std::string_view group);

/// The same with the files below `root`, a descriptor of the container's root. Links are followed inside it; something
/// other than a regular file of up to 1 MiB is refused.
Result<Identity> resolve_user_in(int root, std::string_view user);

} // namespace staithe::keeper
