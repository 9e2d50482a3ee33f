#include "api/wire/process_table.hpp"

#include <algorithm>

#include "api/wire/field.hpp"

namespace staithe::wire {

namespace {

    struct Column {
        std::string_view key, title;
    };
    constexpr Column columns[] = { { "PID", "PID" }, { "Tty", "TTY" }, { "Time", "TIME" }, { "Cmd", "CMD" } };

    using Row = std::vector<std::string>;

    void put_process(JsonWriter& out, Row const& titles, Row const& row)
    {
        out.begin_object();
        for (auto const& column : columns) {
            auto const at = static_cast<size_t>(std::find(titles.begin(), titles.end(), column.title) - titles.begin());
            put_pair(out, column.key, at < row.size() ? row[at] : std::string());
        }
        out.end_object();
    }

    template <class PutRow> void put_rows(JsonWriter& out, std::vector<Row> const& rows, PutRow put_row)
    {
        if (rows.empty())
            return out.null();
        out.begin_array();
        for (auto const& row : rows)
            put_row(row);
        out.end_array();
    }

} // namespace

std::string encode_process_table(api::ProcessTable const& table)
{
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    put_pair(out, "Titles", table.titles);
    out.key("Processes");
    put_rows(out, table.rows, [&](Row const& row) { put_value(out, row); });
    out.end_object();
    return text;
}

std::string encode_process_list(api::ProcessTable const& table)
{
    std::string text;
    JsonWriter out(text);
    put_rows(out, table.rows, [&](Row const& row) { put_process(out, table.titles, row); });
    return text;
}

} // namespace staithe::wire
