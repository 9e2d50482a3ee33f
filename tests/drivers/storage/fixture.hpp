// SPDX-License-Identifier: Apache-2.0
//
// A driver with a directory of its own for one test case, and its mounts where shell commands reach them.
#pragma once

#include <cstdlib>
#include <stdexcept>

#include "tests/drivers/storage/harness.hpp"

namespace staithe::test {

/// The drivers that every case is run with.
inline std::string const drivers[] = { "overlay", "vfs" };

/// The program's global fixture: nothing of the scratch root outlives it.
struct ScratchRoot {
    ~ScratchRoot() { remove_scratch_root(); }
};

/// A driver for one test case.
struct Fixture {
    explicit Fixture(std::string const& name)
        : state(scratch_root() + "/" + name + "." + std::to_string(counter++))
        , driver(name, state)
    {
    }
    ~Fixture()
    {
        driver.close();
        (void)!std::system(("rm -rf " + state).c_str());
    }
    static inline int counter = 0;
    std::string state;
    Driver driver;
};

template <class T> T must(Result<T> result)
{
    if (!result)
        throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>)
        return std::move(result).value();
}

/// Attaches a mount where shell commands reach it.
class Attached {
public:
    explicit Attached(Driver& driver, std::string const& id, bool writable = true)
        : m_path(scratch_root() + "/at." + std::to_string(counter++))
    {
        auto const fd = must(driver.mount(id, writable));
        ::mkdir(m_path.c_str(), 0700);
        if (::move_mount(fd.get(), "", AT_FDCWD, m_path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
            throw std::runtime_error("move_mount");
    }
    ~Attached()
    {
        ::umount2(m_path.c_str(), MNT_DETACH);
        ::rmdir(m_path.c_str());
    }
    bool run(std::string const& script) const
    {
        return std::system(("cd " + m_path + " && { " + script + "\n}").c_str()) == 0;
    }
    std::string const& path() const { return m_path; }

private:
    static inline int counter = 0;
    std::string m_path;
};

} // namespace staithe::test
