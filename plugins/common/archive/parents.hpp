// SPDX-License-Identifier: Apache-2.0
//
// From the name of a member to the directory that it belongs in.
//
// Names are resolved with openat2(RESOLVE_IN_ROOT): links of the layer, absolute ones too, lead within the layer. The
// last directory is kept, since members come in the order of their directories, and when it is left its time becomes
// again what it was: unpacking into a directory does not count as changing it.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::archive {

class Parents {
public:
    explicit Parents(int root)
        : m_root(root)
    {
    }
    ~Parents() { leave(); }
    Parents(Parents const&) = delete;
    Parents& operator=(Parents const&) = delete;

    /// The directory of that clean name, valid until the next call. Directories that are missing are made: root's,
    /// 0755, of the time given.
    Result<int> enter(std::string_view path, timespec const& time);
    /// Does a file made in the directory get a group or an ACL from it?
    bool inherits() const { return m_inherits; }
    /// Gives the directory its time back and closes it; to be called before a directory's own time is set.
    void leave();
    /// A directory or link may have been removed: the directory stays open, but names are resolved afresh.
    void doubt() { m_known = false; }

    /// The directory of that clean name, without keeping or making any; links are followed within the root.
    Result<UniqueFd> find(std::string_view path) const;

private:
    Result<UniqueFd> find_or_make(std::string_view path, timespec const& time);
    Result<void> make(std::string_view path, timespec const& time);

    int m_root;
    UniqueFd m_fd;
    std::string m_path;
    timespec m_time {};
    bool m_known = false; ///< m_path still leads to m_fd
    bool m_inherits = false;
};

} // namespace staithe::archive
