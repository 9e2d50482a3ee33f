// A tar archive of one file: what a storage driver is given to put a single file into a layer.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include <staithe/cpp/stream.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::images {

/// Directories (0755) and then the file (0644), all root's. Names are as long as they like, without a slash at the end.
class OneFileTar final : public Source {
public:
    struct File {
        std::string name;
        UniqueFd content; ///< read from its beginning
        uint64_t size = 0;
    };
    OneFileTar(std::vector<std::string> const& directories, File, time_t modified);

    /// STAITHE_IO: the file has become shorter.
    Result<size_t> read(void* into, size_t capacity) override;
    uint64_t size() const override { return m_total; }

private:
    File m_file;
    std::string m_head, m_tail;
    uint64_t m_total = 0, m_at = 0;
};

} // namespace staithe::images
