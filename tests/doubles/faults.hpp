// Faults on demand: option "fail.<function>=<fault>" makes every call of that function end so.
#pragma once

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>

#include <staithe/cpp/plugin.hpp>

namespace staithe::doubles {

/// Written once, when the driver is opened.
inline std::map<std::string, std::string, std::less<>> faults;

inline void set_faults(staithe_pairs options)
{
    constexpr std::string_view prefix = "fail.";
    for (size_t i = 0; i < options.size; ++i)
        if (view(options.data[i].key).starts_with(prefix))
            faults[std::string(view(options.data[i].key).substr(prefix.size()))] = view(options.data[i].value);
}

inline bool fails(std::string_view function, std::string_view fault)
{
    auto const found = faults.find(function);
    return found != faults.end() && found->second == fault;
}

/// segfault, hang, exit and throw happen here; garbage is the function's own affair.
inline void maybe_fail(std::string_view function)
{
    if (fails(function, "segfault")) {
        signal(SIGSEGV, SIG_DFL); // a sanitizer would make an exit of it
        raise(SIGSEGV);
    }
    if (fails(function, "abort"))
        std::abort();
    while (fails(function, "hang"))
        pause();
    if (fails(function, "exit"))
        ::_exit(3);
    if (fails(function, "throw"))
        throw std::runtime_error("thrown in " + std::string(function));
}

} // namespace staithe::doubles
