// staithe import.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/specs.hpp"
#include "cli/work_messages.hpp"

namespace staithe::cli::commands {

namespace {

    bool is_url(std::string const& source)
    {
        return source.starts_with("http://") || source.starts_with("https://");
    }

    /// Where an archive comes from, opened.
    struct Archive {
        UniqueFd file;
        int fd = -1; ///< -1: the daemon fetches it
        int64_t size = 0; ///< 0: unknown
    };

    Result<Archive> open_archive(std::string const& source)
    {
        Archive archive;
        if (is_url(source))
            return archive;
        if (source == "-") {
            archive.fd = STDIN_FILENO;
            if (::isatty(archive.fd))
                return Error { STAITHE_INVALID, 0, "standard input is a terminal\n  try: staithe import FILE" };
        } else {
            archive.file.reset(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
            if (!archive.file)
                return errno_error("cannot open '" + source + "'");
            archive.fd = archive.file.get();
        }
        struct stat status { };
        if (::fstat(archive.fd, &status) == 0 && S_ISDIR(status.st_mode))
            return Error { STAITHE_INVALID, 0,
                "'" + source + "' is a directory\n  try: tar -C " + source + " -c . | staithe import - NAME" };
        if (S_ISREG(status.st_mode))
            archive.size = status.st_size;
        return archive;
    }

    /// The last status of the answer is the id.
    Result<std::string> upload(Client const& client, std::string const& source, ImageName const& name)
    {
        auto const archive = STAITHE_TRY(open_archive(source));
        std::vector<std::pair<std::string, std::string>> parameters { { "fromSrc", is_url(source) ? source : "-" } };
        if (!name.repository.empty())
            parameters.emplace_back("repo", name.repository);
        if (!name.tag.empty())
            parameters.emplace_back("tag", name.tag);
        ProgressLine line("Uploading");
        WorkMessages answer(line);
        STAITHE_TRY(client.upload(
            "/images/create" + query(parameters), archive.fd, [&](uint64_t bytes) { line.moved(bytes, archive.size); },
            [&](std::string_view bytes) { return answer.feed(bytes); }));
        auto id = STAITHE_TRY(answer.finish());
        if (id.empty())
            return Error { STAITHE_CORRUPT, 0, "the daemon did not say which image it made" };
        return id;
    }

} // namespace

Result<int> import(Context& context)
{
    auto const& operands = context.arguments.operands;
    auto const name = operands.size() > 1 ? STAITHE_TRY(parse_image_name(operands[1])) : ImageName();
    auto const id =
        STAITHE_TRY_CONTEXT(upload(context.client, operands[0], name), "cannot import '" + operands[0] + "'");
    STAITHE_TRY(print(printable(id) + "\n"));
    return 0;
}

} // namespace staithe::cli::commands
