// The execution driver that a keeper loads: exactly one, from a file that the daemon has opened and checked.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <staithe/cpp/text.hpp>
#include <staithe/execution.h>

namespace staithe::keeper {

class ExecutionDriver {
public:
    struct Where {
        std::string name, state_dir, run_dir;
        std::vector<std::pair<std::string, std::string>> options;
    };

    /// Loads, checks the versions before anything is called, and opens. It is never unloaded: the process ends.
    static Result<ExecutionDriver> load(int file, Where const&);

    Result<staithe_started> start(staithe_container const&, int64_t deadline_ns);
    Result<void> signal(std::string_view id, int number);
    Result<void> destroy(std::string_view id);
    /// STAITHE_UNSUPPORTED where the driver cannot tell.
    Result<std::string> stats(std::string_view id);

private:
    ExecutionDriver(std::string name, void* self, staithe_execution const* table)
        : m_name(std::move(name))
        , m_self(self)
        , m_table(table)
    {
    }
    Result<void> judge(staithe_code, staithe_error const&, char const* function) const;

    std::string m_name;
    void* m_self;
    staithe_execution const* m_table;
};

} // namespace staithe::keeper
