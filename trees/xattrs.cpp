// SPDX-License-Identifier: Apache-2.0
#include "trees/xattrs.hpp"

#include <sys/xattr.h>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "trees/names.hpp"

namespace staithe::trees {

namespace {

    constexpr size_t most_xattr_bytes = size_t { 64 } << 10; // the kernel's own limit

    // No template: every keeper carries this.
    using List = std::function<ssize_t(char* into, size_t size)>;
    using Get = std::function<ssize_t(char const* name, char* into, size_t size)>;

    /// Reads all attributes by the functions given, which are those for a descriptor or for a path.
    Result<std::vector<Xattr>> collect(List const& list, Get const& get)
    {
        char small[1024];
        std::string names(small, 0);
        ssize_t size = list(small, sizeof small);
        if (size < 0 && errno == ERANGE) {
            names.resize(most_xattr_bytes);
            size = list(names.data(), names.size());
            names.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
        } else if (size > 0) {
            names.assign(small, static_cast<size_t>(size));
        }
        if (size < 0)
            return errno == EOPNOTSUPP ? Result<std::vector<Xattr>>(std::vector<Xattr> {})
                                       : errno_error("cannot list extended attributes");
        std::vector<Xattr> found;
        for (size_t at = 0; at < names.size(); at = names.find('\0', at) + 1) {
            std::string const name(names.c_str() + at);
            if (!is_portable_xattr(name))
                continue;
            std::string value(256, '\0');
            ssize_t length = get(name.c_str(), value.data(), value.size());
            if (length < 0 && errno == ERANGE) {
                value.resize(most_xattr_bytes);
                length = get(name.c_str(), value.data(), value.size());
            }
            if (length < 0 && errno == ENODATA) // taken away meanwhile
                continue;
            if (length < 0)
                return errno_error("cannot read extended attribute " + quoted(name));
            value.resize(static_cast<size_t>(length));
            found.push_back({ name, std::move(value) });
        }
        std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
        return found;
    }

} // namespace

bool is_portable_xattr(std::string_view name)
{
    if (name.starts_with("user."))
        return !name.starts_with("user.overlay.");
    return name == "security.capability" || name == "system.posix_acl_access" || name == "system.posix_acl_default";
}

Result<std::vector<Xattr>> xattrs_of(int fd)
{
    return collect([&](char* into, size_t size) { return ::flistxattr(fd, into, size); },
        [&](char const* name, char* into, size_t size) { return ::fgetxattr(fd, name, into, size); });
}

Result<std::vector<Xattr>> xattrs_of(std::string const& path)
{
    return collect([&](char* into, size_t size) { return ::listxattr(path.c_str(), into, size); },
        [&](char const* name, char* into, size_t size) { return ::getxattr(path.c_str(), name, into, size); });
}

Result<std::vector<Xattr>> xattrs_of(int directory, char const* name, struct stat const& status)
{
    if (S_ISLNK(status.st_mode)) // none of the portable ones can be there
        return std::vector<Xattr> {};
    char path[300]; // a name has at most 255 bytes
    std::snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, name);
    return collect([&](char* into, size_t size) { return ::llistxattr(path, into, size); },
        [&](char const* key, char* into, size_t size) { return ::lgetxattr(path, key, into, size); });
}

} // namespace staithe::trees
