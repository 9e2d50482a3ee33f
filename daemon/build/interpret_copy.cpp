// ADD and COPY.
#include <algorithm>

#include "daemon/build/flags.hpp"
#include "daemon/build/heredoc.hpp"
#include "daemon/build/json_array.hpp"
#include "daemon/build/readers.hpp"
#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    bool is_directory(std::string_view destination)
    {
        auto const name = destination.substr(destination.rfind('/') + 1);
        return name.empty() || name == "." || name == "..";
    }

    Error too_few(Statement const& statement)
    {
        if (statement.name == "ADD")
            return known("Invalid ADD format");
        return statement.problem("COPY requires at least two arguments, but only one was provided. Destination could "
                                 "not be determined");
    }

    Result<std::string_view> read_copy_flags(Statement const& statement, char escape, Copy& copy)
    {
        bool link = false; // only says how layers may be made
        FlagRule const chown { "chown", &copy.owner }, chmod { "chmod", &copy.mode }, linked { "link", nullptr, &link };
        FlagRule const exclude { "exclude", nullptr, nullptr, &copy.exclude };
        FlagRule const from { "from", &copy.from }, checksum { "checksum", &copy.checksum };
        return read_flags(
            statement, escape, { chown, chmod, linked, exclude, copy.kind == Copy::Kind::Add ? checksum : from });
    }

    Result<std::vector<std::string>> paths(Statement const& statement, std::string_view arguments)
    {
        if (statement.heredocs.empty()) {
            auto list = json_strings(arguments);
            for (auto const& path : list.value_or(std::vector<std::string>()))
                if (path.find('\0') != path.npos)
                    return statement.problem("a NUL in a path");
            return list ? std::move(*list) : fields(arguments);
        }
        auto marks = heredoc_marks(arguments);
        if (marks.last_is_mark)
            return statement.problem(statement.name + " cannot accept a heredoc as a destination");
        return std::move(marks.words);
    }

    /// "ADD a b c" as 2013 read it: the second of two words may have blanks.
    bool is_era(Statement const& statement, std::string_view arguments, size_t words, std::string_view last)
    {
        return statement.name == "ADD" && arguments == statement.arguments && statement.heredocs.empty()
            && !json_strings(arguments) && (words == 2 || !is_directory(last));
    }

    void split_era(Copy& copy, std::string_view arguments)
    {
        auto const blank = std::find_if(arguments.begin(), arguments.end(), is_blank);
        auto const size = static_cast<size_t>(blank - arguments.begin());
        copy.form = Form::Era;
        copy.sources = { std::string(arguments.substr(0, size)) };
        copy.destination = trimmed(arguments.substr(size));
    }

} // namespace

Result<Instruction> read_copy(Statement const& statement, char escape)
{
    Copy copy;
    copy.kind = statement.name == "ADD" ? Copy::Kind::Add : Copy::Kind::Copy;
    auto const arguments = STAITHE_TRY(read_copy_flags(statement, escape, copy));
    auto words = STAITHE_TRY(paths(statement, arguments));
    if (words.size() + statement.heredocs.size() < 2)
        return too_few(statement);
    if (is_era(statement, arguments, words.size(), words.back())) {
        split_era(copy, arguments);
        return Instruction(std::move(copy));
    }
    copy.destination = std::move(words.back());
    words.pop_back();
    copy.sources = std::move(words);
    for (auto const& heredoc : statement.heredocs)
        copy.files.push_back({ heredoc.name, heredoc.content, heredoc.expand });
    if (copy.sources.size() + copy.files.size() > 1 && !is_directory(copy.destination))
        return statement.problem("When using " + statement.name
            + " with more than one source file, the destination must be a directory and end with a /");
    return Instruction(std::move(copy));
}

} // namespace staithe::build
