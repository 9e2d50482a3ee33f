#include "driver_directory.hpp"

#include <set>

#include "daemon/drivers/elf_image.hpp"
#include "daemon/os/file.hpp"

namespace staithe::drivers {

namespace {

    Result<std::string> read_all(int fd, size_t limit)
    {
        std::string content(limit + 1, '\0');
        size_t size = 0;
        while (size < content.size()) {
            ssize_t const n = ::read(fd, content.data() + size, content.size() - size);
            if (n < 0 && errno != EINTR)
                return errno_error("cannot read side file");
            if (n == 0)
                break;
            size += n > 0 ? static_cast<size_t>(n) : 0;
        }
        content.resize(size);
        return content;
    }

    Result<void> check_versions(SideFile const& side)
    {
        if (side.abi_major == STAITHE_ABI_MAJOR)
            return {};
        return Error { STAITHE_INVALID, 0,
            "driver speaks ABI " + std::to_string(side.abi_major) + "." + std::to_string(side.abi_minor)
                + ", this daemon speaks " + std::to_string(STAITHE_ABI_MAJOR) + "."
                + std::to_string(STAITHE_ABI_MINOR) };
    }

    Result<FileIdentity> identity_in(int fd)
    {
        struct stat s { };
        if (::fstat(fd, &s) < 0)
            return errno_error("cannot inspect image");
        return identity_of(s);
    }

} // namespace

DriverDirectory::DriverDirectory(std::string path, ParentCheck check)
    : m_path(std::move(path))
    , m_check(check)
{
}

std::string DriverDirectory::image_path(DriverId const& id) const
{
    return m_path + "/" + id.stem() + ".so";
}

std::vector<DriverId> DriverDirectory::list() const
{
    std::set<DriverId> ids;
    auto const names = os::list_directory(m_path);
    if (!names)
        return {};
    for (std::string_view name : names.value())
        for (std::string_view const suffix : { ".so", ".driver" })
            if (name.ends_with(suffix))
                if (auto id = driver_id_from(name.substr(0, name.size() - suffix.size())))
                    ids.insert(std::move(*id));
    return { ids.begin(), ids.end() };
}

Result<SideFile> DriverDirectory::side_file_in(int directory, DriverId const& id) const
{
    auto const fd = STAITHE_TRY(open_trusted_file(directory, id.stem() + ".driver", m_check));
    auto const content = STAITHE_TRY(read_all(fd.get(), max_side_file_bytes));
    auto side = STAITHE_TRY(parse_side_file(content));
    if (side.id.kind != id.kind || side.id.name != id.name)
        return Error { STAITHE_INVALID, 0,
            "side file '" + id.stem() + ".driver' describes " + side.id.describe() + ", which belongs to '"
                + side.id.stem() + ".driver'" };
    return side;
}

Result<SideFile> DriverDirectory::side_file(DriverId const& id) const
{
    auto const directory = STAITHE_TRY(open_trusted_directory(m_path, m_check));
    return side_file_in(directory.get(), id);
}

Result<DriverFile> DriverDirectory::open(DriverId const& id) const
{
    if (!is_driver_name(id.name))
        return Error { STAITHE_INVALID, 0, "a driver's name is [a-z0-9][a-z0-9_-]{0,63}" };
    auto const directory = STAITHE_TRY(open_trusted_directory(m_path, m_check));
    auto side = STAITHE_TRY(side_file_in(directory.get(), id));
    STAITHE_TRY(check_versions(side));
    auto image = STAITHE_TRY(open_trusted_file(directory.get(), id.stem() + ".so", m_check));
    STAITHE_TRY_CONTEXT(check_image(image.get()), "'" + id.stem() + ".so'");
    auto const identity = STAITHE_TRY(identity_in(image.get()));
    return DriverFile { std::move(side), std::move(image), identity };
}

Result<FileIdentity> DriverDirectory::identity(DriverId const& id) const
{
    struct stat s { };
    if (::lstat(image_path(id).c_str(), &s) < 0)
        return errno_error("cannot inspect '" + image_path(id) + "'");
    return identity_of(s);
}

} // namespace staithe::drivers
