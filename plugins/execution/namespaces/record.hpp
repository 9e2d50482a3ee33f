// SPDX-License-Identifier: Apache-2.0
//
// What destroy() must know about a container that an earlier process started: one small file per container in the
// driver's run directory, which is empty after a reboot like the things that it tells of.
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::namespaces {

/// 64 hexadecimal digits, in lower case.
bool is_container_id(std::string_view id);

class Records {
public:
    explicit Records(std::string directory)
        : m_directory(std::move(directory))
    {
    }

    Result<void> write(std::string_view id, std::string_view cgroup) const;
    /// The container's cgroup. STAITHE_NOT_FOUND: no such container.
    Result<std::string> read(std::string_view id) const;
    void remove(std::string_view id) const;

private:
    std::string m_directory;
};

} // namespace staithe::namespaces
