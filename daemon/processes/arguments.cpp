#include "daemon/processes/arguments.hpp"

#include <algorithm>

#include "daemon/processes/text.hpp"

namespace staithe::processes {

namespace {

    using Columns = std::vector<Column>;

    /// What the words said so far.
    struct Request {
        bool full = false, extra_full = false, extended = false, without_flags = false, jobs = false; // -f -F -l -y -j
        char bsd_format = 0; // u, l or j
        bool bsd = false; // some BSD option was there
        bool names = false, labels = false;
        bool listing = false; // the next words belong to a list
        Columns list;
    };

    Error not_understood(std::string_view what)
    {
        return { STAITHE_INVALID, 0, "ps argument '" + printable(what) + "' is not understood" };
    }

    void add(Columns& columns, std::string_view name, std::string_view title = {})
    {
        auto const* const field = find_field(name);
        columns.push_back({ std::string(title.empty() ? field->title : title), field });
    }

    /// "pid,comm=NAME,args="
    Result<void> add_list(Columns& columns, std::string_view list)
    {
        while (!list.empty()) {
            size_t const end = std::min(list.find(','), list.size());
            auto const item = list.substr(0, end);
            list.remove_prefix(std::min(end + 1, list.size()));
            size_t const equals = std::min(item.find('='), item.size());
            auto const* const field = find_field(item.substr(0, equals));
            if (!field)
                return not_understood(item.empty() ? "," : item);
            bool const own_title = equals < item.size();
            columns.push_back({ own_title ? printable(item.substr(equals + 1)) : std::string(field->title), field });
        }
        return {};
    }

    Result<void> begin_list(Request& request, std::string_view rest)
    {
        request.listing = true;
        return add_list(request.list, rest);
    }

    /// One cluster behind a "-"; false: some letter of it means nothing there, and nothing was changed.
    Result<bool> take_unix(Request& request, std::string_view letters)
    {
        Request changed = request;
        for (size_t i = 0; i < letters.size(); ++i) {
            switch (letters[i]) {
            case 'e':
            case 'A':
            case 'a':
            case 'd':
            case 'w': break;
            case 'f': changed.full = true; break;
            case 'F': changed.full = changed.extra_full = true; break;
            case 'l': changed.extended = true; break;
            case 'y': changed.without_flags = true; break;
            case 'j': changed.jobs = true; break;
            case 'M':
            case 'Z': changed.labels = true; break;
            case 'o':
                STAITHE_TRY(begin_list(changed, letters.substr(i + 1)));
                i = letters.size();
                break;
            default: return false;
            }
        }
        request = std::move(changed);
        return true;
    }

    Result<void> take_bsd(Request& request, std::string_view letters, std::string_view word)
    {
        request.bsd = true;
        for (size_t i = 0; i < letters.size(); ++i) {
            char const letter = letters[i];
            switch (letter) {
            case 'a':
            case 'x':
            case 'g':
            case 'w':
            case 'h': break;
            case 'c': request.names = true; break;
            case 'Z': request.labels = true; break;
            case 'u':
            case 'l':
            case 'j':
                if (request.bsd_format != 0 && request.bsd_format != letter)
                    return Error { STAITHE_INVALID, 0, "conflicting format options in ps arguments" };
                request.bsd_format = letter;
                break;
            case 'o': return begin_list(request, letters.substr(i + 1));
            default: return not_understood(word);
            }
        }
        return {};
    }

    Result<void> take_long(Request& request, std::string_view word)
    {
        constexpr std::string_view format = "--format";
        if (word == "--no-headers" || word == "--no-heading" || word == "--headers")
            return {};
        if (word == format)
            return begin_list(request, {});
        if (word.starts_with(format) && word[format.size()] == '=')
            return begin_list(request, word.substr(format.size() + 1));
        return not_understood(word);
    }

    Result<void> take(Request& request, std::string_view word)
    {
        if (request.listing && word[0] != '-')
            return add_list(request.list, word);
        if (request.listing && request.list.empty())
            return Error { STAITHE_INVALID, 0, "a list of columns must follow 'o' in ps arguments" };
        request.listing = false;
        if (word.starts_with("--"))
            return take_long(request, word);
        if (word[0] != '-')
            return take_bsd(request, word, word);
        if (word.size() == 1)
            return not_understood(word);
        bool const taken = STAITHE_TRY(take_unix(request, word.substr(1)));
        return taken ? Result<void>() : take_bsd(request, word.substr(1), word);
    }

    Columns bsd_columns(Request const& request)
    {
        Columns columns;
        std::vector<std::string_view> names { "pid", "tname", "stat", "bsdtime" };
        if (request.bsd_format == 'u')
            names = { "user", "pid", "%cpu", "%mem", "vsz", "rss", "tname", "stat", "start_time", "bsdtime" };
        else if (request.bsd_format == 'l')
            names = { "f", "uid", "pid", "ppid", "priority", "ni", "vsz", "rss", "wchan", "stat", "tname", "bsdtime" };
        else if (request.bsd_format == 'j')
            names = { "ppid", "pid", "pgid", "sid", "tname", "tpgid", "stat", "uid", "bsdtime" };
        for (auto const name : names)
            add(columns, name);
        add(columns, request.names ? "ucomm" : "args");
        return columns;
    }

    Columns unix_columns(Request const& r)
    {
        Columns columns;
        auto const all = [&](std::initializer_list<std::string_view> names) {
            for (auto const name : names)
                add(columns, name);
        };
        if (r.extended && !r.without_flags)
            all({ "f" });
        if (r.extended)
            all({ "s" });
        if (r.full)
            add(columns, "user", "UID");
        else if (r.extended)
            all({ "uid" });
        all({ "pid" });
        if (r.full || r.extended)
            all({ "ppid" });
        if (r.jobs)
            all({ "pgid", "sid" });
        if (r.full || r.extended)
            all({ "c" });
        if (r.extended)
            r.without_flags ? all({ "opri", "ni", "rss", "sz", "wchan" })
                            : all({ "opri", "ni", "addr", "sz", "wchan" });
        if (r.extra_full)
            r.extended ? all({ "rss", "psr" }) : all({ "sz", "rss", "psr" });
        if (r.full)
            all({ "stime" });
        all({ "tname", "time" });
        add(columns, r.full && !r.names ? "cmd" : "ucmd");
        return columns;
    }

    Result<Columns> columns_of(Request const& request)
    {
        bool const unix_format = request.full || request.extended || request.jobs;
        bool const own_list = !request.list.empty();
        if (request.bsd_format != 0 && (unix_format || own_list))
            return Error { STAITHE_INVALID, 0, "conflicting format options in ps arguments" };
        Columns columns = own_list        ? request.list
            : request.bsd && !unix_format ? bsd_columns(request)
                                          : unix_columns(request);
        if (request.labels)
            columns.insert(columns.begin(), { "LABEL", find_field("label") });
        return columns;
    }

} // namespace

Result<std::vector<Column>> parse_arguments(std::string_view ps_args)
{
    constexpr char blanks[] = " \t\r\n\v\f";
    constexpr size_t most = 4096, most_columns = 256;
    if (ps_args.size() > most)
        return Error { STAITHE_INVALID, 0, "ps arguments are longer than " + std::to_string(most) + " bytes" };
    Request request;
    for (size_t at = 0; (at = ps_args.find_first_not_of(blanks, at)) != std::string_view::npos;) {
        size_t const end = std::min(ps_args.find_first_of(blanks, at), ps_args.size());
        STAITHE_TRY(take(request, ps_args.substr(at, end - at)));
        at = end;
    }
    if (request.listing && request.list.empty())
        return Error { STAITHE_INVALID, 0, "a list of columns must follow 'o' in ps arguments" };
    if (request.list.size() > most_columns)
        return Error { STAITHE_INVALID, 0, "ps arguments ask for too many columns" };
    return columns_of(request);
}

} // namespace staithe::processes
