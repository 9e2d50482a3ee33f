// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/pack.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "plugins/common/archive/names.hpp"
#include "plugins/common/layers/member_writer.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::layers {

using trees::quoted;

namespace {

    /// A thing that is looked at: no more than a place in the tree, so that to look has no effect.
    struct Sight {
        UniqueFd place;
        struct stat status { };
    };

    Result<Sight> look(UniqueFd place)
    {
        Sight sight { std::move(place), {} };
        if (::fstat(sight.place.get(), &sight.status) != 0)
            return errno_error("cannot look at a file of the container");
        return sight;
    }

    Result<Sight> find(int root, std::string_view path)
    {
        if (path.find('\0') != path.npos || path.size() >= PATH_MAX)
            return Error { STAITHE_INVALID, 0, "path " + quoted(path) + " cannot be one" };
        std::string const name(path.empty() ? "." : path);
        open_how how {};
        how.flags = O_PATH | O_CLOEXEC;
        how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
        // With ".." on the way the kernel gives up whenever anybody renames or mounts anything meanwhile.
        constexpr int most_tries = 10'000;
        UniqueFd place;
        for (int i = 0; i < most_tries && !place; ++i) {
            place.reset(static_cast<int>(::syscall(SYS_openat2, root, name.c_str(), &how, sizeof how)));
            if (!place && errno != EAGAIN && errno != EINTR)
                break;
        }
        if (!place && (errno == ENOENT || errno == ENOTDIR))
            return Error { STAITHE_NOT_FOUND, errno, "there is no " + quoted(path) };
        if (!place)
            return errno_error("cannot find " + quoted(path));
        return look(std::move(place));
    }

    /// Nothing is wrong where somebody only removed or replaced what had just been there.
    Result<void> unless_vanished(Error error)
    {
        bool const vanished = error.sys_errno == ENOENT || error.sys_errno == ENOTDIR || error.sys_errno == ELOOP;
        return vanished ? Result<void>() : Result<void>(std::move(error));
    }

    class Pack {
    public:
        Pack(staithe_call const& call, std::string_view prefix, Sink& sink)
            : m_call(call)
            , m_prefix(prefix)
            , m_out(sink)
        {
        }

        Result<void> run(Sight const& top)
        {
            if (S_ISDIR(top.status.st_mode))
                STAITHE_TRY(walk(top));
            else
                STAITHE_TRY(add(top, m_prefix));
            return m_out.finish();
        }

    private:
        struct Frame {
            std::vector<trees::DirectoryEntry> entries; ///< the next one last
            size_t path_size; ///< of m_path, when the walk is here
        };

        Result<void> walk(Sight const& top)
        {
            UniqueFd const directory(::openat(top.place.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            if (!directory)
                return errno_error("cannot open a directory of the container");
            trees::DirStack stack(directory.get());
            m_path = m_prefix;
            STAITHE_TRY(enter(stack.fd()));
            while (!m_frames.empty()) {
                STAITHE_TRY(proceed(m_call));
                auto& frame = m_frames.back();
                m_path.resize(frame.path_size);
                if (frame.entries.empty()) {
                    m_frames.pop_back();
                    if (!m_frames.empty())
                        STAITHE_TRY(stack.ascend());
                    continue;
                }
                auto const entry = std::move(frame.entries.back());
                frame.entries.pop_back();
                STAITHE_TRY(visit(stack, entry));
            }
            return {};
        }

        Result<void> visit(trees::DirStack& stack, trees::DirectoryEntry const& entry)
        {
            auto const file = entry.regular ? open_regular(stack.fd(), entry.name.c_str()) : Sight {};
            if (!file.place)
                return visit_other(stack, entry.name.c_str());
            append(entry.name);
            if (STAITHE_TRY(m_out.add_link(m_path, file.status)))
                return {};
            return m_out.add_file(m_path, file.status, file.place.get());
        }

        /// The quick way for what most things are: three system calls fewer. Empty: it has just become something else,
        /// or is gone. Nothing happens to a device that takes the file's place in between: no root that may change
        /// while we read it lets devices be opened.
        static Sight open_regular(int directory, char const* name)
        {
            Sight file;
            file.place.reset(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
            if (file.place && (::fstat(file.place.get(), &file.status) != 0 || !S_ISREG(file.status.st_mode)))
                file.place.reset();
            return file;
        }

        void append(std::string_view name)
        {
            if (!m_path.empty())
                m_path += '/';
            m_path += name;
        }

        Result<void> visit_other(trees::DirStack& stack, char const* name)
        {
            UniqueFd place(::openat(stack.fd(), name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
            if (!place)
                return unless_vanished(errno_error("cannot find " + quoted(name)));
            auto const sight = STAITHE_TRY(look(std::move(place)));
            append(name);
            if (!S_ISDIR(sight.status.st_mode))
                return add(sight, m_path);
            if (auto entered = stack.descend(name); !entered)
                return unless_vanished(std::move(entered.error()));
            return enter(stack.fd());
        }

        /// Adds the directory and sets about what is in it. The same whatever the order on disk.
        Result<void> enter(int directory)
        {
            struct stat status { };
            if (::fstat(directory, &status) != 0)
                return errno_error("cannot look at a directory of the container");
            auto entries = trees::entries_in(directory);
            if (!entries) // one that was removed under us is empty
                STAITHE_TRY(unless_vanished(entries.error()));
            m_frames.push_back(
                { entries ? std::move(entries).value() : std::vector<trees::DirectoryEntry>(), m_path.size() });
            auto& sorted = m_frames.back().entries;
            std::sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) { return a.name > b.name; });
            return m_out.add_directory(m_path, status, STAITHE_TRY(xattrs_of(directory)));
        }

        Result<void> add(Sight const& sight, std::string const& name)
        {
            auto const& status = sight.status;
            if (S_ISSOCK(status.st_mode)) // nothing that an archive could hold
                return {};
            if (STAITHE_TRY(m_out.add_link(name, status)))
                return {};
            if (S_ISREG(status.st_mode))
                return m_out.add_file(name, status, STAITHE_TRY(reopen_file(sight.place.get())).get());
            if (S_ISLNK(status.st_mode))
                return m_out.add_special(name, status, STAITHE_TRY(link_target(sight.place.get(), "")), {});
            auto const path = "/proc/self/fd/" + std::to_string(sight.place.get());
            return m_out.add_special(name, status, {}, STAITHE_TRY(xattrs_of(path)));
        }

        staithe_call const& m_call;
        std::string const m_prefix;
        MemberWriter m_out;
        std::string m_path; ///< in the archive
        std::vector<Frame> m_frames;
    };

} // namespace

Result<void> pack(staithe_call const& call, int root, std::string_view path, std::string_view prefix, Sink& sink)
{
    auto const top = STAITHE_TRY(find(root, path));
    return Pack(call, prefix, sink).run(top);
}

} // namespace staithe::layers
