// Prints docs/api-versions.md.
#include <cstdio>

#include "api/versions/document.hpp"

int main()
{
    auto const text = staithe::versions::render_document();
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0 ? 0 : 1;
}
