// SPDX-License-Identifier: Apache-2.0
//
// Plays the keeper for an execution driver's tests: loads the driver's file, makes root file systems of busybox, and
// runs containers in them through the C table.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include <staithe/cpp/text.hpp>
#include <staithe/cpp/unique_fd.hpp>
#include <staithe/execution.h>
#include <staithe/plugin.h>

namespace staithe::tests {

/// Once per test program: a private mount namespace with a tmpfs for everything, and the driver's file. Throws
/// std::runtime_error with the reason where this machine cannot do it.
class Stage {
public:
    static Stage& get();
    std::string const& directory() const { return m_directory; }
    staithe_plugin const& plugin() const { return *m_plugin; }
    ~Stage();

private:
    Stage();
    std::string m_directory;
    staithe_plugin const* m_plugin = nullptr;
};

struct Outcome {
    std::string out, err;
    int status = -1; ///< 0–255, 128 + n for death by signal n
};

/// A terminal of a new devpts instance, as the keeper makes it.
struct Terminal {
    Terminal();
    UniqueFd mount, master, slave;
};

/// One opened driver and one container; what the test changes in it before start() holds.
class Container {
public:
    Container();
    ~Container();
    Container(Container const&) = delete;
    Container& operator=(Container const&) = delete;

    std::vector<std::string> argv { "/bin/true" }, env { "PATH=/bin", "HOME=/" };
    std::string cwd = "/", hostname = "box", domainname, cgroup, id;
    std::vector<uint32_t> groups;
    uint32_t uid = 0, gid = 0;
    staithe_limits limits {};
    staithe_confinement confinement;
    std::vector<staithe_mount> mounts;
    std::vector<staithe_pair> options;
    int network = -1;
    Terminal* terminal = nullptr;
    staithe_call call {};

    std::string const& rootfs() const { return m_rootfs; }
    std::string in_root(std::string const& path) const { return m_rootfs + path; }
    void script(std::string const& text) { argv = { "/bin/sh", "-c", text }; }

    staithe_code check();
    staithe_code start();
    /// Reads out and err to their ends and waits.
    Outcome finish();
    /// start() must succeed; finish().
    Outcome run();
    Outcome run_script(std::string const& text)
    {
        script(text);
        return run();
    }
    /// Waits until the container has written `text` to its stdout.
    void wait_for_output(std::string const& text);

    staithe_code signal(int number);
    staithe_code destroy();
    staithe_code freeze(bool frozen);
    std::string stats();
    /// Runs one more process inside to its end.
    Outcome enter(std::vector<std::string> const& arguments, uint32_t user = 0);
    staithe_code enter_code(std::vector<std::string> const& arguments, pid_t& pid);

    /// A second driver instance on the same directories, as after the keeper's death.
    staithe_code destroy_from_elsewhere();

    pid_t pid() const { return m_started.wait_pid; }
    staithe_error const& error() const { return m_error; }
    std::string message() const { return m_error.message; }

private:
    struct Described;
    void describe(Described&);
    int wait();

    std::string m_rootfs, m_run_dir;
    void* m_self = nullptr;
    staithe_execution const* m_table = nullptr;
    staithe_started m_started {};
    staithe_error m_error {};
    UniqueFd m_out, m_err;
    std::string m_read;
    bool m_running = false, m_waited = false;
};

/// The paths of cgroup directories anywhere whose name is `id`.
std::vector<std::string> cgroups_of(std::string const& id);
std::string read_text(std::string const& path);
void write_text(std::string const& path, std::string const& text, unsigned mode = 0644);

} // namespace staithe::tests
