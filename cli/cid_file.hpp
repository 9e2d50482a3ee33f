// The file that --cidfile names: made before the container, so that two runs never share one; gone when there was none.
#pragma once

#include <string>

#include <staithe/cpp/result.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::cli {

class CidFile {
public:
    /// An empty path: nothing is written. EXISTS when the file is there already.
    static Result<CidFile> create(std::string path);
    CidFile(CidFile&&) = default;
    CidFile& operator=(CidFile&&) = delete;
    /// Removes the file when no id was written.
    ~CidFile();

    /// The id alone, without a line end.
    Result<void> write(std::string const& id);

private:
    CidFile() = default;
    std::string m_path;
    UniqueFd m_file; // open: nothing written yet
};

} // namespace staithe::cli
