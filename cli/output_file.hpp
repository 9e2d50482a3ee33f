// A file that a command is asked to write its result to.
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::cli {

/// What was not kept is removed again, so that half a result is never taken for a whole one; devices and pipes stay.
class OutputFile {
public:
    /// Makes the file, or empties it. mode: of a new one, before the umask.
    static Result<OutputFile> create(std::string path, unsigned mode);
    OutputFile(OutputFile&&) = default;
    OutputFile& operator=(OutputFile&&) = delete;
    ~OutputFile();

    int fd() const { return m_file.get(); }
    /// The file is complete.
    void keep() { m_file.reset(); }

private:
    OutputFile(std::string path, UniqueFd file)
        : m_path(std::move(path))
        , m_file(std::move(file))
    {
    }

    std::string m_path;
    UniqueFd m_file; // open: not kept yet
};

} // namespace staithe::cli
