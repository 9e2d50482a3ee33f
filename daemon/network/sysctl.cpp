#include "daemon/network/sysctl.hpp"

#include "daemon/os/file.hpp"

namespace staithe::network {

namespace {

    std::string path_of(std::string const& name)
    {
        return "/proc/sys/net/" + name;
    }

} // namespace

Result<void> write_sysctl(std::string const& name, std::string const& value)
{
    UniqueFd const fd(::open(path_of(name).c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd || ::write(fd.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size()))
        return errno_error("cannot write '" + value + "' to '" + path_of(name) + "'");
    return {};
}

Result<std::string> read_sysctl(std::string const& name)
{
    auto text = STAITHE_TRY(os::read_file(path_of(name)));
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

} // namespace staithe::network
