// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/differences.hpp"

#include <fcntl.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <unordered_map>

#include "plugins/common/archive/names.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::layers {

namespace {

    bool is_before(timespec const& a, timespec const& b)
    {
        return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
    }

    bool same_status(struct stat const& a, struct stat const& b)
    {
        bool const sized = !S_ISDIR(a.st_mode);
        return a.st_mode == b.st_mode && a.st_uid == b.st_uid && a.st_gid == b.st_gid && a.st_rdev == b.st_rdev
            && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec
            && (!sized || a.st_size == b.st_size);
    }

    Result<bool> same_content(int a, int b)
    {
        constexpr size_t size = size_t { 64 } << 10;
        auto const buffer = std::make_unique<char[]>(2 * size);
        for (off_t at = 0;;) {
            ssize_t const n = ::pread(a, buffer.get(), size, at), m = ::pread(b, buffer.get() + size, size, at);
            if (n < 0 || m < 0)
                return errno_error("cannot read a file of the layer");
            if (n != m || std::memcmp(buffer.get(), buffer.get() + size, static_cast<size_t>(n)) != 0)
                return false;
            if (n == 0)
                return true;
            at += n;
        }
    }

    bool is_opaque(int directory)
    {
        char value = 0;
        return ::fgetxattr(directory, "trusted.overlay.opaque", &value, 1) == 1 && value == 'y';
    }

    struct Item {
        std::string key; ///< what it is sorted by
        Node node; ///< of a deletion only the name counts
        std::optional<struct stat> old;
        bool deleted = false;
    };

    struct Frame {
        std::vector<Item> items;
        size_t next = 0;
        std::string path;
        struct stat status { };
        std::vector<Xattr> xattrs;
        bool has_old = false, complete = false, same = false, told = false;
    };

    class Walk {
    public:
        Walk(staithe_call const& call, Comparison const& comparison, DifferenceVisitor const& visit)
            : m_call(call)
            , m_comparison(comparison)
            , m_visit(visit)
            , m_new(comparison.new_root)
            , m_old(comparison.old_root)
        {
        }

        Result<void> run()
        {
            STAITHE_TRY(enter("", std::nullopt, m_comparison.old_root >= 0, !m_comparison.upper_only));
            while (!m_frames.empty()) {
                auto& frame = m_frames.back();
                if (frame.next < frame.items.size()) {
                    Item const item = std::move(frame.items[frame.next++]);
                    STAITHE_TRY(proceed(m_call));
                    STAITHE_TRY(handle(item));
                    continue;
                }
                bool const had_old = frame.has_old;
                m_frames.pop_back();
                if (m_frames.empty())
                    break;
                STAITHE_TRY(m_new.ascend());
                if (had_old)
                    STAITHE_TRY(m_old.ascend());
            }
            return {};
        }

    private:
        /// Begins the directory in which the stacks are now.
        Result<void> enter(std::string path, std::optional<uint32_t> kind, bool has_old, bool complete)
        {
            Frame frame;
            frame.path = std::move(path);
            frame.has_old = has_old;
            frame.complete = complete || is_opaque(m_new.fd());
            if (::fstat(m_new.fd(), &frame.status) != 0)
                return errno_error("cannot stat a directory of the layer");
            frame.xattrs = STAITHE_TRY(xattrs_of(m_new.fd()));
            frame.items = STAITHE_TRY(items_of(frame));
            frame.same = has_old && STAITHE_TRY(is_same_directory(frame));
            bool const differs = !frame.same;
            m_frames.push_back(std::move(frame));
            if (differs)
                STAITHE_TRY(tell_directories(kind.value_or(has_old ? STAITHE_MODIFIED : STAITHE_ADDED)));
            return {};
        }

        Result<bool> is_same_directory(Frame const& frame)
        {
            struct stat old { };
            if (::fstat(m_old.fd(), &old) != 0)
                return errno_error("cannot stat a directory of the layer");
            return same_status(frame.status, old) && frame.xattrs == STAITHE_TRY(xattrs_of(m_old.fd()));
        }

        Result<std::vector<Item>> items_of(Frame const& frame)
        {
            std::unordered_map<std::string, struct stat> gone;
            if (frame.has_old && frame.complete)
                for (auto& node : STAITHE_TRY(nodes_in(m_old.fd())))
                    if (!is_whiteout_device(node.status))
                        gone.emplace(std::move(node.name), node.status);
            std::vector<Item> items;
            auto listed = nodes_in(m_new.fd());
            if (!listed && !may_be_skipped(listed.error()))
                return listed.error();
            for (auto& node : listed ? listed.value() : std::vector<Node>()) {
                Item item { {}, std::move(node), {}, false };
                if (auto const found = gone.find(item.node.name); found != gone.end())
                    item.old = found->second;
                else if (frame.has_old && !frame.complete)
                    item.old = STAITHE_TRY(status_of(m_old.fd(), item.node.name.c_str()));
                item.deleted = is_whiteout_device(item.node.status);
                if (item.deleted && !(m_comparison.upper_only && item.old))
                    continue;
                gone.erase(item.node.name);
                items.push_back(std::move(item));
            }
            for (auto& [name, status] : gone)
                items.push_back({ {}, { name, status }, status, true });
            sort(items);
            return items;
        }

        static void sort(std::vector<Item>& items)
        {
            for (auto& item : items) {
                if (item.deleted)
                    item.key = archive::whiteout_prefix;
                item.key += item.node.name;
                if (!item.deleted && S_ISDIR(item.node.status.st_mode))
                    item.key += '/';
            }
            std::sort(items.begin(), items.end(), [](Item const& a, Item const& b) { return a.key < b.key; });
        }

        Result<void> handle(Item const& item)
        {
            auto const& frame = m_frames.back();
            auto path = frame.path.empty() ? item.node.name : frame.path + '/' + item.node.name;
            char const* const name = item.node.name.c_str();
            if (item.deleted) {
                STAITHE_TRY(tell_directories(STAITHE_MODIFIED));
                return m_visit({ STAITHE_DELETED, path, item.node.status, nullptr, -1, name });
            }
            if (S_ISDIR(item.node.status.st_mode))
                return handle_directory(item, std::move(path));
            if (item.old) {
                auto const same = is_same(item);
                if (!same && !may_be_skipped(same.error()))
                    return same.error();
                if (same && same.value())
                    return {};
            }
            STAITHE_TRY(tell_directories(STAITHE_MODIFIED));
            uint32_t const kind = item.old ? STAITHE_MODIFIED : STAITHE_ADDED;
            return m_visit({ kind, path, item.node.status, nullptr, m_new.fd(), name });
        }

        Result<void> handle_directory(Item const& item, std::string path)
        {
            char const* const name = item.node.name.c_str();
            bool const both = item.old && S_ISDIR(item.old->st_mode);
            bool const complete = m_frames.back().complete;
            if (auto entered = m_new.descend(name); !entered)
                return may_be_skipped(entered.error()) ? Result<void>() : std::move(entered);
            if (both)
                STAITHE_TRY(m_old.descend(name));
            uint32_t const kind = item.old ? STAITHE_MODIFIED : STAITHE_ADDED;
            return enter(std::move(path), kind, both, complete);
        }

        Result<bool> is_same(Item const& item)
        {
            auto const &now = item.node.status, &old = *item.old;
            char const* const name = item.node.name.c_str();
            // A file that gained a name must be told, or the link to it could not be.
            if (!same_status(now, old) || now.st_nlink > old.st_nlink
                || (now.st_nlink > 1 && is_of_this_layer(name, now)))
                return false;
            if (S_ISLNK(now.st_mode))
                return STAITHE_TRY(link_target(m_new.fd(), name)) == STAITHE_TRY(link_target(m_old.fd(), name));
            if (is_before(now.st_ctim, m_comparison.copied_at))
                return true;
            if (STAITHE_TRY(xattrs_of(m_new.fd(), name, now)) != STAITHE_TRY(xattrs_of(m_old.fd(), name, old)))
                return false;
            if (!S_ISREG(now.st_mode) || now.st_size == 0)
                return true;
            auto const a = STAITHE_TRY(open_new(name, now));
            auto const b = STAITHE_TRY(open_file(m_old.fd(), name, old));
            return same_content(a.get(), b.get());
        }

        bool may_be_skipped(Error const& error) const { return m_comparison.live && is_lost(error); }

        Result<UniqueFd> open_new(char const* name, struct stat const& status)
        {
            if (!m_comparison.live)
                return open_file(m_new.fd(), name, status);
            UniqueFd const place(::openat(m_new.fd(), name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
            struct stat now { };
            if (!place || ::fstat(place.get(), &now) != 0)
                return errno_error("cannot find a file of the layer");
            if (!S_ISREG(now.st_mode) || now.st_ino != status.st_ino)
                return Error { STAITHE_BUSY, 0, "cannot read a file of the layer: it was replaced meanwhile" };
            return reopen_file(place.get());
        }

        /// Was the file made, rather than copied, here? Then its names are the ones it was given here.
        bool is_of_this_layer(char const* name, struct stat const& now)
        {
            if (m_comparison.upper_only)
                return true;
            if (!m_comparison.copied_at.tv_sec || !is_before(m_comparison.copied_at, now.st_ctim))
                return false;
            struct statx found { };
            if (::statx(m_new.fd(), name, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &found) != 0
                || !(found.stx_mask & STATX_BTIME))
                return true;
            return is_before(m_comparison.copied_at, { found.stx_btime.tv_sec, found.stx_btime.tv_nsec });
        }

        /// Tells the directories on the way here that were not told yet; the innermost one is of the kind given.
        Result<void> tell_directories(uint32_t innermost)
        {
            for (auto& frame : m_frames) {
                if (frame.told)
                    continue;
                frame.told = true;
                uint32_t const kind = &frame == &m_frames.back() ? innermost : uint32_t { STAITHE_MODIFIED };
                auto const slash = frame.path.rfind('/');
                char const* const name = frame.path.c_str() + (slash == frame.path.npos ? 0 : slash + 1);
                STAITHE_TRY(m_visit({ kind, frame.path, frame.status, &frame.xattrs, -1, name, frame.same }));
            }
            return {};
        }

        staithe_call const& m_call;
        Comparison const& m_comparison;
        DifferenceVisitor const& m_visit;
        trees::DirStack m_new, m_old;
        std::vector<Frame> m_frames;
    };

} // namespace

Result<void> compare(staithe_call const& call, Comparison const& comparison, DifferenceVisitor const& visit)
{
    return Walk(call, comparison, visit).run();
}

} // namespace staithe::layers
