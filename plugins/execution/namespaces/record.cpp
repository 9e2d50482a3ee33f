// SPDX-License-Identifier: Apache-2.0
//
// The run directory's files: "cgroup <path>\n".
#include "plugins/execution/namespaces/record.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include <staithe/cpp/unique_fd.hpp>

#include "plugins/execution/namespaces/cgroup.hpp"
#include "plugins/execution/namespaces/files.hpp"

namespace staithe::namespaces {

namespace {
    constexpr std::string_view head = "cgroup ";
}

bool is_container_id(std::string_view id)
{
    return id.size() == 64
        && std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<void> Records::write(std::string_view id, std::string_view cgroup) const
{
    auto const path = m_directory + "/" + std::string(id);
    UniqueFd const file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    auto const text = std::string(head) + std::string(cgroup) + "\n";
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return errno_error("cannot write '" + path + "'");
    return {};
}

Result<std::string> Records::read(std::string_view id) const
{
    auto const text = STAITHE_TRY(read_file(AT_FDCWD, m_directory + "/" + std::string(id)));
    if (!text.starts_with(head) || !text.ends_with('\n'))
        return Error { STAITHE_CORRUPT, 0, "the record of container '" + std::string(id) + "' is damaged" };
    auto cgroup = text.substr(head.size(), text.size() - head.size() - 1);
    if (!is_cgroup_path(cgroup))
        return Error { STAITHE_CORRUPT, 0, "the record of container '" + std::string(id) + "' is damaged" };
    return cgroup;
}

void Records::remove(std::string_view id) const
{
    (void)::unlink((m_directory + "/" + std::string(id)).c_str());
}

} // namespace staithe::namespaces
