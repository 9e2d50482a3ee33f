// Columns under headings.
#pragma once

#include <string>
#include <vector>

namespace staithe::cli {

class Table {
public:
    explicit Table(std::vector<std::string> headings)
        : m_rows { std::move(headings) }
    {
    }
    /// As many cells as there are headings; control characters are made harmless.
    void add(std::vector<std::string> cells);
    /// Every column as wide as its widest cell, three spaces apart, nothing after the last.
    std::string text() const;

private:
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace staithe::cli
