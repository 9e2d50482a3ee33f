#include "cli/cid_file.hpp"

#include "cli/output.hpp"

namespace staithe::cli {

Result<CidFile> CidFile::create(std::string path)
{
    CidFile made;
    if (path.empty())
        return made;
    made.m_file.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!made.m_file && errno == EEXIST)
        return Error { STAITHE_EXISTS, EEXIST,
            "cannot write the id to '" + path
                + "': the file exists\n"
                  "  if the container that it names is no longer needed, remove the file" };
    if (!made.m_file)
        return errno_error("cannot write the id to '" + path + "'");
    made.m_path = std::move(path);
    return made;
}

CidFile::~CidFile()
{
    if (m_file)
        ::unlink(m_path.c_str());
}

Result<void> CidFile::write(std::string const& id)
{
    if (!m_file)
        return {};
    STAITHE_TRY(write_all(m_file.get(), id, "the id to '" + m_path + "'"));
    m_file.reset();
    return {};
}

} // namespace staithe::cli
