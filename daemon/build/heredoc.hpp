// The marks of heredocs in a statement: "<<EOF", "<<-'END'", "<< EOF".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/build/statement.hpp"

namespace staithe::build {

struct HeredocMarks {
    std::vector<Heredoc> documents; ///< without content
    std::vector<std::string> words; ///< all others, with their quotes
    bool last_is_mark = false;
};

/// A mark is a word of its own, outside of quotes and of "$((…))"; its name ends where a shell would end it (';', '>'
/// …).
HeredocMarks heredoc_marks(std::string_view arguments);

/// "<<EOF" and nothing else: the heredoc is the command.
bool is_only_heredoc(HeredocMarks const&);

/// The command with its heredocs behind it, as a shell reads them.
std::string with_heredocs(std::string_view command, std::vector<Heredoc> const&);

} // namespace staithe::build
