// SPDX-License-Identifier: Apache-2.0
//
// Things of a file system as members of an archive, whoever found them: the common end of diff and pack.
#pragma once

#include <sys/stat.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/common/archive/tar_writer.hpp"
#include "plugins/common/layers/node.hpp"

namespace staithe::layers {

class MemberWriter {
public:
    explicit MemberWriter(Sink& sink)
        : m_writer(sink)
    {
    }

    /// name: without the slash at its end, which is added; "" is "./".
    Result<void> add_directory(std::string const& name, struct stat const&, std::vector<Xattr> xattrs);
    /// A further name of a file that was added already becomes a hard link to the first. False: it is the first.
    Result<bool> add_link(std::string const& name, struct stat const&);
    /// fd: the file, open for reading. What it gains meanwhile is left out, what it loses becomes zeros.
    Result<void> add_file(std::string const& name, struct stat const&, int fd);
    /// A symbolic link, a device or a FIFO.
    Result<void> add_special(
        std::string const& name, struct stat const&, std::string link_target, std::vector<Xattr> xattrs);
    /// The deletion of the path.
    Result<void> add_whiteout(std::string_view path);

    Result<void> finish() { return m_writer.finish(); }

private:
    void remember(std::string const& name, struct stat const&);

    archive::TarWriter m_writer;
    std::map<std::pair<dev_t, ino_t>, std::string> m_linked;
};

} // namespace staithe::layers
