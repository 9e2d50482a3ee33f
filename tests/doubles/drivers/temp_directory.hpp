// A directory that is gone with the test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace staithe::doubles {

class TempDirectory {
public:
    TempDirectory()
    {
        char const* const base = std::getenv("TMPDIR");
        std::string pattern = std::string(base ? base : "/tmp") + "/staithe-test-XXXXXX";
        if (!::mkdtemp(pattern.data()))
            std::abort();
        path = pattern;
    }
    TempDirectory(TempDirectory const&) = delete;
    TempDirectory& operator=(TempDirectory const&) = delete;
    ~TempDirectory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::string path;
};

} // namespace staithe::doubles
