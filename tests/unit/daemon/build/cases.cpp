#include "cases.hpp"

#include <fstream>
#include <utility>

#include <boost/test/unit_test.hpp>

namespace {

constexpr std::pair<std::string_view, char> pictures[] = { { "␉", '\t' }, { "␍", '\r' }, { "␀", '\0' }, { "␠", ' ' },
    { "␚", '\xFF' } };

void read_cases(std::istream& file, std::vector<Case>& cases)
{
    std::string* part = nullptr;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("=== ")) {
            cases.push_back({ line.substr(4), {}, {} });
            part = &cases.back().text;
        } else if (line == "---" && part) {
            cases.back().text = hidden(*part);
            part = &cases.back().expected;
        } else if (part) {
            *part += line + "\n";
        }
    }
}

} // namespace

std::string hidden(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        size_t size = 1;
        char c = text.front();
        for (auto const& [picture, meant] : pictures)
            if (text.starts_with(picture))
                size = picture.size(), c = meant;
        result += c;
        text.remove_prefix(size);
    }
    return result;
}

std::string visible(std::string_view text)
{
    std::string result;
    for (char const c : text) {
        std::string shown(1, c);
        for (auto const& [picture, meant] : pictures)
            if (c == meant && c != ' ')
                shown = picture;
        result += shown;
    }
    return result;
}

std::vector<Case> golden_cases()
{
    std::vector<Case> cases;
    for (auto const* name : { "lines.txt", "instructions.txt" }) {
        std::ifstream file(STAITHE_GOLDEN_CASES + std::string("/") + name);
        BOOST_REQUIRE_MESSAGE(file, "cannot read '" << name << "' in " STAITHE_GOLDEN_CASES);
        read_cases(file, cases);
    }
    return cases;
}
