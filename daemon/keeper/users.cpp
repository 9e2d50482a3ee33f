#include "daemon/keeper/users.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <optional>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::keeper {

namespace {

    constexpr size_t max_file_bytes = 1u << 20;
    constexpr size_t max_groups = 65536; // NGROUPS_MAX

    Error invalid(std::string_view what, std::string_view value)
    {
        std::string shown;
        for (char const c : value.substr(0, 100))
            shown += c >= 0x20 && c < 0x7F ? c : '?';
        return { STAITHE_INVALID, 0, std::string(what) + " '" + shown + "'" };
    }

    std::string_view cut(std::string_view& rest, char at)
    {
        size_t const end = rest.find(at);
        auto const piece = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        return piece;
    }

    bool looks_numeric(std::string_view text)
    {
        return !text.empty() && (text[0] == '-' || text[0] == '+' || (text[0] >= '0' && text[0] <= '9'));
    }

    std::optional<uint32_t> number(std::string_view text)
    {
        if (text.empty() || text.size() > 10 || (text.size() > 1 && text[0] == '0'))
            return {};
        uint64_t value = 0;
        for (char const c : text) {
            if (c < '0' || c > '9')
                return {};
            value = value * 10 + static_cast<uint64_t>(c - '0');
        }
        return value <= 0x7FFFFFFF ? std::optional(static_cast<uint32_t>(value)) : std::nullopt;
    }

    bool is_name(std::string_view text)
    {
        return !text.empty() && text.size() <= 256
            && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c != 0x7F && c != ','; });
    }

    struct Entry {
        std::string_view name;
        uint32_t id = 0, gid = 0; // gid of passwd only
        std::string_view members; // of group only
    };

    std::optional<Entry> passwd_entry(std::string_view line)
    {
        Entry entry;
        entry.name = cut(line, ':');
        cut(line, ':');
        auto const uid = number(cut(line, ':')), gid = number(cut(line, ':'));
        if (entry.name.empty() || !uid || !gid)
            return {};
        entry.id = *uid;
        entry.gid = *gid;
        return entry;
    }

    std::optional<Entry> group_entry(std::string_view line)
    {
        Entry entry;
        entry.name = cut(line, ':');
        cut(line, ':');
        auto const gid = number(cut(line, ':'));
        if (entry.name.empty() || !gid)
            return {};
        entry.id = *gid;
        entry.members = cut(line, ':');
        return entry;
    }

    // The first entry that matches; lines that are no entry do not exist.
    template <class Parse, class Match> std::optional<Entry> find(std::string_view file, Parse parse, Match matches)
    {
        while (!file.empty())
            if (auto const entry = parse(cut(file, '\n')); entry && matches(*entry))
                return entry;
        return {};
    }

    bool lists(std::string_view members, std::string_view name)
    {
        while (!members.empty())
            if (cut(members, ',') == name)
                return true;
        return false;
    }

    // With the primary group among the supplementary ones, as after a login: a file that denies a group must not be
    // readable because the process has dropped that group as its primary (CVE-2022-36109).
    Result<std::vector<uint32_t>> groups_of(std::string_view name, uint32_t primary, std::string_view file)
    {
        std::vector<uint32_t> groups { primary };
        while (!file.empty()) {
            auto const entry = group_entry(cut(file, '\n'));
            if (entry && !name.empty() && lists(entry->members, name))
                groups.push_back(entry->id);
        }
        std::sort(groups.begin(), groups.end());
        groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
        if (groups.size() > max_groups)
            return invalid("too many groups for user", name);
        return groups;
    }

    Result<uint32_t> resolve_group(std::string_view group, std::string_view file)
    {
        if (looks_numeric(group)) {
            auto const gid = number(group);
            if (!gid)
                return invalid("not a group number:", group);
            return *gid;
        }
        if (!is_name(group))
            return invalid("not a group name:", group);
        auto const entry = find(file, group_entry, [&](Entry const& e) { return e.name == group; });
        if (!entry)
            return invalid("the container's /etc/group has no group", group);
        return entry->id;
    }

    Result<std::optional<Entry>> find_user(std::string_view user, std::string_view passwd)
    {
        if (looks_numeric(user)) {
            auto const uid = number(user);
            if (!uid)
                return invalid("not a user number:", user);
            auto const entry = find(passwd, passwd_entry, [&](Entry const& e) { return e.id == *uid; });
            return std::optional(entry.value_or(Entry { {}, *uid, 0, {} }));
        }
        if (!is_name(user))
            return invalid("not a user name:", user);
        return find(passwd, passwd_entry, [&](Entry const& e) { return e.name == user; });
    }

    // Looked at before it is opened: opening a device or a FIFO can do something.
    Result<std::string> read_inside(int root, char const* path)
    {
        open_how how {};
        how.flags = O_PATH | O_CLOEXEC;
        how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
        UniqueFd const place(static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how)));
        if (!place && (errno == ENOENT || errno == ENOTDIR))
            return std::string();
        struct stat status { };
        if (!place || ::fstat(place.get(), &status) != 0)
            return errno_error(std::string("cannot open the container's /") + path);
        if (!S_ISREG(status.st_mode))
            return Error { STAITHE_INVALID, 0, std::string("the container's /") + path + " is not a file" };
        if (static_cast<size_t>(status.st_size) > max_file_bytes)
            return Error { STAITHE_RANGE, 0, std::string("the container's /") + path + " is larger than 1 MiB" };
        auto const name = "/proc/self/fd/" + std::to_string(place.get());
        UniqueFd const file(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
        std::string content(static_cast<size_t>(status.st_size), '\0');
        ssize_t const n = file ? ::pread(file.get(), content.data(), content.size(), 0) : -1;
        if (n < 0)
            return errno_error(std::string("cannot read the container's /") + path);
        content.resize(static_cast<size_t>(n));
        return content;
    }

} // namespace

Result<Identity> resolve_user(std::string_view user, std::string_view passwd, std::string_view group)
{
    size_t const colon = user.find(':');
    auto const name = user.empty() ? std::string_view("0") : user.substr(0, colon);
    auto const entry = STAITHE_TRY(find_user(name, passwd));
    if (!entry)
        return invalid("the container's /etc/passwd has no user", name);
    Identity identity { entry->id, entry->gid, {} };
    if (colon != std::string_view::npos)
        identity.gid = STAITHE_TRY(resolve_group(user.substr(colon + 1), group));
    auto const listed_as = colon == std::string_view::npos ? std::string_view(entry->name) : std::string_view();
    identity.groups = STAITHE_TRY(groups_of(listed_as, identity.gid, group));
    return identity;
}

Result<Identity> resolve_user_in(int root, std::string_view user)
{
    auto const passwd = STAITHE_TRY(read_inside(root, "etc/passwd"));
    auto const group = STAITHE_TRY(read_inside(root, "etc/group"));
    return resolve_user(user, passwd, group);
}

} // namespace staithe::keeper
