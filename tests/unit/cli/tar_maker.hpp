// Makes archives, well-formed and hostile, block by block.
#pragma once

#include <string>
#include <vector>

namespace staithe::test {

struct TarFields {
    std::string name;
    char type = '0';
    std::string data = {};
    std::string link = {};
    unsigned mode = 0644;
    std::string size = {}; ///< in place of the data's
    std::string prefix = {};
};

/// One member: header, data, padding.
std::string tar_member(TarFields const&);
/// An 'x' header with these records ("path=…").
std::string tar_pax(std::vector<std::string> const& records);
inline std::string tar_end()
{
    return std::string(1024, '\0');
}

} // namespace staithe::test
