#include "daemon/containers/changes.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace staithe::containers {

namespace {

    constexpr std::array<std::string_view, 5> places { "/dev", "/dev/pts", "/dev/shm", "/proc", "/sys" };
    constexpr std::array<std::string_view, 3> files { "/etc/hostname", "/etc/hosts", "/etc/resolv.conf" };

    template <class List> bool contains(List const& list, std::string_view path)
    {
        return std::find(list.begin(), list.end(), path) != list.end();
    }

    api::FileChange::Kind kind_of(uint32_t kind)
    {
        if (kind == STAITHE_DELETED)
            return api::FileChange::Kind::Deleted;
        return kind == STAITHE_ADDED ? api::FileChange::Kind::Added : api::FileChange::Kind::Modified;
    }

} // namespace

std::vector<api::FileChange> visible_changes(std::vector<drivers::Change> changes)
{
    bool const generated = std::any_of(changes.begin(), changes.end(),
        [](auto const& change) { return change.kind != STAITHE_DELETED && contains(files, change.path); });
    std::erase_if(changes, [](drivers::Change const& change) {
        return (change.kind == STAITHE_ADDED && contains(places, change.path))
            || (change.kind != STAITHE_DELETED && contains(files, change.path));
    });
    bool const etc_is_used = !generated || std::any_of(changes.begin(), changes.end(), [](auto const& change) {
        return change.path.starts_with("/etc/");
    });
    std::vector<api::FileChange> visible;
    for (auto& change : changes) {
        if (change.path != "/etc" || change.kind == STAITHE_DELETED || !generated)
            visible.push_back({ std::move(change.path), kind_of(change.kind) });
        else if (etc_is_used) // it was there before the container's program
            visible.push_back({ std::move(change.path), api::FileChange::Kind::Modified });
    }
    std::sort(
        visible.begin(), visible.end(), [](auto const& left, auto const& right) { return left.path < right.path; });
    return visible;
}

} // namespace staithe::containers
