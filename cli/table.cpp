#include "cli/table.hpp"

#include <algorithm>

#include "cli/format.hpp"

namespace staithe::cli {

void Table::add(std::vector<std::string> cells)
{
    cells.resize(m_rows.front().size());
    for (auto& cell : cells)
        cell = printable(cell);
    m_rows.push_back(std::move(cells));
}

std::string Table::text() const
{
    std::vector<size_t> widths(m_rows.front().size());
    for (auto const& row : m_rows) {
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns(row[i]));
    }
    std::string out;
    for (auto const& row : m_rows) {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i)
            line += row[i] + std::string(widths[i] - columns(row[i]) + 3, ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

} // namespace staithe::cli
