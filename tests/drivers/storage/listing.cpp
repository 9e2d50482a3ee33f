// SPDX-License-Identifier: Apache-2.0
#include "tests/drivers/storage/listing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <vector>

#include "trees/dir_stack.hpp"

namespace staithe::test {

namespace {

    std::string printable(std::string_view bytes)
    {
        std::string out;
        for (char const c : bytes) {
            char escaped[8];
            auto const byte = static_cast<unsigned char>(c);
            std::snprintf(escaped, sizeof escaped, byte >= 0x20 && byte < 0x7f ? "%c" : "\\x%02x", byte);
            out += escaped;
        }
        return out;
    }

    std::string content(int directory, char const* name, struct stat const& status)
    {
        if (status.st_size > 1 << 20)
            return "(" + std::to_string(status.st_size) + ")";
        UniqueFd const fd(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        std::string bytes(static_cast<size_t>(status.st_size), '\0');
        if (::pread(fd.get(), bytes.data(), bytes.size(), 0) != status.st_size)
            return "(unreadable)";
        if (!bytes.empty() && bytes.size() <= 40)
            return printable(bytes);
        return "(" + std::to_string(bytes.size()) + ", " + std::to_string(std::hash<std::string> {}(bytes)) + ")";
    }

    std::string attributes(std::string const& path)
    {
        std::string names(size_t { 64 } << 10, '\0'), text;
        auto const size = ::llistxattr(path.c_str(), names.data(), names.size());
        names.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
        std::vector<std::string> sorted;
        for (size_t at = 0; at < names.size(); at = names.find('\0', at) + 1)
            sorted.emplace_back(names.c_str() + at);
        std::sort(sorted.begin(), sorted.end());
        for (auto const& name : sorted) {
            std::string value(size_t { 64 } << 10, '\0');
            auto const length = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
            value.resize(static_cast<size_t>(std::max<ssize_t>(length, 0)));
            text.append(" ").append(name).append("=").append(printable(value));
        }
        return text;
    }

    using Names = std::map<std::pair<dev_t, ino_t>, std::string>;

    void add(std::string& text, Names& seen, int directory, std::string const& leaf, std::string const& path)
    {
        struct stat s { };
        ::fstatat(directory, leaf.c_str(), &s, AT_SYMLINK_NOFOLLOW);
        std::string const reach = "/proc/self/fd/" + std::to_string(directory) + '/' + leaf;
        std::string const kind(1,
            S_ISREG(s.st_mode)       ? 'f'
                : S_ISDIR(s.st_mode) ? 'd'
                : S_ISLNK(s.st_mode) ? 'l'
                : S_ISCHR(s.st_mode) ? 'c'
                : S_ISBLK(s.st_mode) ? 'b'
                                     : 'p');
        char head[64];
        std::snprintf(head, sizeof head, " %o %u:%u ", s.st_mode & 07777, s.st_uid, s.st_gid);
        text += kind + head + printable(path);
        if (S_ISREG(s.st_mode))
            text += " = " + content(directory, leaf.c_str(), s);
        if (S_ISLNK(s.st_mode))
            text += " -> " + std::filesystem::read_symlink(reach).string();
        if (S_ISCHR(s.st_mode) || S_ISBLK(s.st_mode))
            text += ' ' + std::to_string(major(s.st_rdev)) + ':' + std::to_string(minor(s.st_rdev));
        if (auto const [first, is_new] = seen.try_emplace({ s.st_dev, s.st_ino }, path); !is_new)
            text += " is " + printable(first->second);
        text += attributes(reach) + '\n';
        if (!S_ISDIR(s.st_mode))
            return;
        UniqueFd const inside(::openat(directory, leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        auto names = trees::names_in(inside.get()).value();
        std::sort(names.begin(), names.end());
        for (auto const& name : names)
            add(text, seen, inside.get(), name, path == "." ? name : path + '/' + name);
    }

} // namespace

std::string listing(int directory)
{
    std::string text;
    Names seen;
    add(text, seen, directory, ".", ".");
    return text;
}

} // namespace staithe::test
