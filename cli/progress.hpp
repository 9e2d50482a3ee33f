// How far a long transfer is, for a person who waits.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace staithe::cli {

/// One line on standard error that is written over, and gone at the end; silent where that is no terminal. May be used
/// from two threads: each writes whole lines.
class ProgressLine {
public:
    explicit ProgressLine(std::string verb)
        : m_verb(std::move(verb))
    {
    }
    ProgressLine(ProgressLine const&) = delete;
    ~ProgressLine() { show(""); }

    void show(std::string const& text);
    /// "Copying 12 MB of 30 MB (40%)", at every MiB. total 0: unknown.
    void moved(uint64_t bytes, int64_t total = 0);

private:
    static bool is_terminal();

    std::string const m_verb;
    bool const m_on = is_terminal();
    std::atomic<uint64_t> m_step { UINT64_MAX };
};

} // namespace staithe::cli
