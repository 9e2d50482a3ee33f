#include "daemon/network/address.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace staithe::network {

Result<Address> Address::parse(std::string const& text)
{
    in_addr parsed {};
    // A zero byte within the text would end it early for inet_pton.
    if (text.find('\0') != std::string::npos || ::inet_pton(AF_INET, text.c_str(), &parsed) != 1)
        return Error { STAITHE_INVALID, 0, "'" + text + "' is not an IPv4 address" };
    return Address { ntohl(parsed.s_addr) };
}

std::string Address::text() const
{
    std::string result;
    for (int shift = 24; shift >= 0; shift -= 8)
        result += std::to_string(value >> shift & 255) + (shift > 0 ? "." : "");
    return result;
}

uint32_t Address::network_order() const
{
    return htonl(value);
}

Result<Subnet> Subnet::parse(std::string const& text)
{
    size_t const slash = text.find('/');
    Subnet subnet;
    if (slash == std::string::npos)
        return Error { STAITHE_INVALID, 0, "'" + text + "' is not a subnet" };
    subnet.address = STAITHE_TRY(Address::parse(text.substr(0, slash)));
    char const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data() + slash + 1, end, subnet.prefix);
    if (error != std::errc() || rest != end || subnet.prefix < 0 || subnet.prefix > 32)
        return Error { STAITHE_INVALID, 0, "'" + text + "' is not a subnet" };
    return subnet;
}

std::string Subnet::text() const
{
    return address.text() + "/" + std::to_string(prefix);
}

} // namespace staithe::network
