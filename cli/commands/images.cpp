// staithe images, import, rmi.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>

#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/json.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"

namespace staithe::cli::commands {

namespace {

    using ObjectPtr = Poco::JSON::Object::Ptr;

    std::string or_none(std::string text)
    {
        return text.empty() ? "<none>" : text;
    }

    std::vector<std::string> row(ObjectPtr const& record, bool full, int64_t now)
    {
        return { or_none(text_of(record, "Repository")), or_none(text_of(record, "Tag")),
            text_of(record, "Id").substr(0, full ? std::string::npos : 12),
            human_age(number_of(record, "Created"), now), human_size(number_of(record, "VirtualSize")) };
    }

    /// "localhost:5000/busybox:1.36" → { "localhost:5000/busybox", "1.36" }.
    std::pair<std::string, std::string> split_tag(std::string const& name)
    {
        auto const colon = name.rfind(':');
        if (colon == name.npos || name.find('/', colon) != name.npos)
            return { name, "" };
        return { name.substr(0, colon), name.substr(colon + 1) };
    }

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

    /// Follows the daemon's messages; the last status is the id.
    class ImportAnswer {
    public:
        explicit ImportAnswer(ProgressLine& line)
            : m_line(line)
        {
        }
        Result<void> feed(std::string_view bytes) { return m_splitter.feed(bytes); }
        Result<std::string> id() const
        {
            // An error that comes late follows the messages as plain text.
            auto const rest = m_splitter.rest();
            if (rest.find_first_not_of(" \r\n") != rest.npos)
                return Error { STAITHE_INTERNAL, 0, rest.substr(0, rest.find_last_not_of(" \r\n") + 1) };
            if (m_status.empty())
                return Error { STAITHE_CORRUPT, 0, "the daemon did not say which image it made" };
            return m_status;
        }

    private:
        Result<void> message(std::string const& text)
        {
            auto const object = STAITHE_TRY(parse_object(text));
            if (auto const error = text_of(object, "error"); !error.empty())
                return Error { STAITHE_INTERNAL, 0, error };
            auto const progress = text_of(object, "progress");
            auto const status = text_of(object, "status");
            if (progress.empty() && !status.empty())
                m_status = status;
            if (!progress.empty())
                m_line.show(printable(status + " " + progress));
            return {};
        }

        ProgressLine& m_line;
        std::string m_status;
        JsonSplitter m_splitter { [this](std::string const& text) { return message(text); } };
    };

    Result<std::string> upload(Client const& client, std::string const& source, std::string const& name)
    {
        auto const archive = STAITHE_TRY(open_archive(source));
        auto const [repository, tag] = split_tag(name);
        std::vector<std::pair<std::string, std::string>> parameters { { "fromSrc", is_url(source) ? source : "-" } };
        if (!repository.empty())
            parameters.emplace_back("repo", repository);
        if (!tag.empty())
            parameters.emplace_back("tag", tag);
        ProgressLine line("Uploading");
        ImportAnswer answer(line);
        STAITHE_TRY(client.upload(
            "/images/create" + query(parameters), archive.fd, [&](uint64_t bytes) { line.moved(bytes, archive.size); },
            [&](std::string_view bytes) { return answer.feed(bytes); }));
        return answer.id();
    }

} // namespace

Result<int> images(Context& context)
{
    auto const& arguments = context.arguments;
    std::vector<std::pair<std::string, std::string>> parameters;
    if (arguments.is_set("all"))
        parameters.emplace_back("all", "1");
    if (!arguments.operands.empty())
        parameters.emplace_back("filter", arguments.operands.front());
    bool const json = STAITHE_TRY(wants_json(arguments));
    auto const list = STAITHE_TRY(parse_list(context.client.get("/images/json" + query(parameters))));
    if (json) {
        STAITHE_TRY(print(print_json(list) + "\n"));
        return 0;
    }
    Table table({ "REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE" });
    std::string ids;
    for (size_t i = 0; i < list->size(); ++i) {
        auto cells = row(element(list, i), arguments.is_set("no-trunc"), std::time(nullptr));
        ids += printable(cells[2]) + "\n";
        table.add(std::move(cells));
    }
    STAITHE_TRY(print(arguments.is_set("quiet") ? ids : table.text()));
    return 0;
}

Result<int> import(Context& context)
{
    auto const& operands = context.arguments.operands;
    auto const id =
        STAITHE_TRY_CONTEXT(upload(context.client, operands[0], operands.size() > 1 ? operands[1] : std::string()),
            "cannot import '" + operands[0] + "'");
    STAITHE_TRY(print(printable(id) + "\n"));
    return 0;
}

Result<int> remove_image(Context& context)
{
    int code = 0;
    for (auto const& name : context.arguments.operands) {
        auto removed = context.client.remove("/images/" + path_segment(name));
        if (!removed) {
            bool const unknown = removed.error().code == STAITHE_NOT_FOUND;
            print_error(removed.error().message + (unknown ? "\n  see: staithe images" : ""));
            code = exit_failure;
            continue;
        }
        auto const steps = STAITHE_TRY(parse_list(removed.value()));
        for (size_t i = 0; i < steps->size(); ++i) {
            auto const untagged = text_of(element(steps, i), "Untagged");
            STAITHE_TRY(print(untagged.empty() ? "Deleted: " + text_of(element(steps, i), "Deleted") + "\n"
                                               : "Untagged: " + untagged + "\n"));
        }
    }
    return code;
}

} // namespace staithe::cli::commands
