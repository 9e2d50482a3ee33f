#include "cli/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace staithe::cli {

Result<OutputFile> OutputFile::create(std::string path, unsigned mode)
{
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!file)
        return errno_error("cannot write '" + path + "'");
    return OutputFile(std::move(path), std::move(file));
}

OutputFile::~OutputFile()
{
    struct stat status { };
    if (m_file && ::fstat(m_file.get(), &status) == 0 && S_ISREG(status.st_mode))
        ::unlink(m_path.c_str());
}

} // namespace staithe::cli
