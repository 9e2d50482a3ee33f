// Opening a file that will be executed as root, so that the file that was checked is the file that is used.
#pragma once

#include <sys/stat.h>

#include <string>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::drivers {

enum class ParentCheck : bool { Skip, Strict };

/// Which file it is: another file under the same name, or a rewritten one, has another identity.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    int64_t modified_ns = 0;
    friend bool operator==(FileIdentity const&, FileIdentity const&) = default;
};
FileIdentity identity_of(struct stat const&);

/// The directory, reached without following any symbolic link. Strict: it and all its parents must be owned by root and
/// writable by nobody else, otherwise STAITHE_DENIED, naming the culprit.
Result<UniqueFd> open_trusted_directory(std::string const& path, ParentCheck);

/// A regular file in it, for reading; never a link, never blocking on a fifo. It must be owned by root (or by the user
/// this process runs as, with ParentCheck::Skip) and writable by nobody else.
Result<UniqueFd> open_trusted_file(int directory, std::string const& name, ParentCheck);

} // namespace staithe::drivers
