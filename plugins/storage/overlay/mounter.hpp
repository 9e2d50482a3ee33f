// SPDX-License-Identifier: Apache-2.0
//
// Makes overlay mounts that nobody sees.
//
// The kernel takes the directories of an overlay as text, of at most 255 bytes through fsconfig(2) or one page through
// mount(2). The shortest names that exist are numbers of descriptors, relative to /proc/self/fd. The working directory
// of the process is not ours to change, so one thread has its own and all mounts are made there.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/unique_fd.hpp>

#include "plugins/common/layers/detached.hpp"

namespace staithe::overlay {

struct OverlayDirectories {
    std::vector<int> lower; ///< topmost first, at least one
    int upper = -1, work = -1; ///< both or none; none: read-only
};

/// Thread-safe.
class Mounter {
public:
    /// The mount point is a directory of this process's private mount namespace, for mounts of very many layers.
    static Result<std::unique_ptr<Mounter>> create(std::string const& mount_point);
    ~Mounter();

    /// An overlay as a detached mount. The descriptors are needed for this call only.
    Result<UniqueFd> mount(OverlayDirectories const& directories);

private:
    explicit Mounter(std::string mount_point);
    void run();
    Result<UniqueFd> make(OverlayDirectories const& directories) const;
    Result<UniqueFd> make_by_fsmount(OverlayDirectories const& directories, std::string const& lower) const;
    Result<UniqueFd> make_by_mount(OverlayDirectories const& directories, std::string const& lower) const;

    std::string m_mount_point;
    Mutex m_turn; ///< one caller at a time
    Mutex m_mutex;
    CondVar m_changed;
    OverlayDirectories const* m_task GUARDED_BY(m_mutex) = nullptr;
    Result<UniqueFd> m_answer GUARDED_BY(m_mutex) = UniqueFd();
    Result<void> m_ready GUARDED_BY(m_mutex);
    bool m_started GUARDED_BY(m_mutex) = false, m_stop GUARDED_BY(m_mutex) = false;
    std::thread m_thread;
};

} // namespace staithe::overlay
