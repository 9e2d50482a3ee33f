#include "daemon/processes/processes.hpp"

#include "daemon/processes/arguments.hpp"
#include "daemon/processes/host.hpp"
#include "daemon/processes/members.hpp"
#include "daemon/processes/process.hpp"

namespace staithe::processes {

Result<api::ProcessTable> list(pid_t init, std::string_view ps_args)
{
    auto const columns = STAITHE_TRY(parse_arguments(ps_args));
    auto const members = STAITHE_TRY(members_of(init));
    Host host;
    api::ProcessTable table;
    for (auto const& column : columns)
        table.titles.push_back(column.title);
    for (pid_t const pid : members) {
        auto process = Process::open(pid);
        if (!process)
            continue;
        std::vector<std::string> row;
        row.reserve(columns.size());
        for (auto const& column : columns)
            row.push_back(column.field->text(*process, host));
        if (!process->vanished())
            table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace staithe::processes
