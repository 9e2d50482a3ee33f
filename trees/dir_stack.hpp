// SPDX-License-Identifier: Apache-2.0
//
// The way from a root directory down to where a walk is, as descriptors. However deep the tree is, only so many
// descriptors stay open: the older ones are closed and found again through "..", which must be the same directory.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <string>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::trees {

class DirStack {
public:
    /// Starts at a directory that the caller keeps open.
    explicit DirStack(int root)
        : m_root(root)
    {
    }

    /// Where the walk is.
    int fd() const { return m_levels.empty() ? m_root : m_levels.back().fd.get(); }
    size_t depth() const { return m_levels.size(); }
    /// Enters a directory of the current one; a symbolic link is never followed.
    Result<void> descend(char const* name);
    /// Goes back to the directory around; only where depth() > 0.
    Result<void> ascend();

private:
    struct Level {
        UniqueFd fd; ///< closed where the walk is far below
        dev_t device = 0;
        ino_t inode = 0;
    };
    static constexpr size_t most_open = 128;

    int m_root;
    std::vector<Level> m_levels;
};

/// The names in a directory but "." and "..", unsorted.
Result<std::vector<std::string>> names_in(int directory);

struct DirectoryEntry {
    std::string name;
    bool regular = false; ///< it was a regular file when it was listed; false: not, or the file system does not say
};
/// The same with what the listing knows of their types.
Result<std::vector<DirectoryEntry>> entries_in(int directory);

/// Opens a directory of parent without following a link.
Result<UniqueFd> open_directory(int parent, char const* name);

/// Removes what is called name in parent, a directory with all that is in it however deep, or anything else. Nothing
/// there: fine. Stops with STAITHE_CANCELLED soon after *stop became true.
Result<void> remove_tree(int parent, char const* name, std::atomic<bool> const* stop = nullptr);

} // namespace staithe::trees
