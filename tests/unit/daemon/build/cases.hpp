// The cases of golden/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

struct Case {
    std::string name;
    std::string text; ///< of the Dockerfile
    std::string expected; ///< shown(parse(text))
};

/// All of them, in the order of the files; a file that cannot be read fails the test.
std::vector<Case> golden_cases();

/// Control pictures ("␉") stand for what cannot be seen in golden/.
std::string hidden(std::string_view visible);
std::string visible(std::string_view hidden);
