#include "cli/progress.hpp"

#include <unistd.h>

#include <cstdio>

#include "cli/format.hpp"

namespace staithe::cli {

bool ProgressLine::is_terminal()
{
    return ::isatty(STDERR_FILENO);
}

void ProgressLine::show(std::string const& text)
{
    if (m_on)
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
}

void ProgressLine::moved(uint64_t bytes, int64_t total)
{
    uint64_t const step = bytes >> 20;
    if (!m_on || m_step.exchange(step) == step)
        return;
    auto const current = static_cast<int64_t>(bytes);
    auto text = m_verb + " " + human_size(current);
    if (total > 0)
        text += " of " + human_size(total) + " (" + std::to_string(current * 100 / total) + "%)";
    show(text);
}

} // namespace staithe::cli
