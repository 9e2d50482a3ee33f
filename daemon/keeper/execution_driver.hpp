// The execution driver that a keeper loads: exactly one, from a file that the daemon has opened and checked.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <staithe/cpp/text.hpp>
#include <staithe/execution.h>
#include <staithe/plugin.h>

namespace staithe::keeper {

class ExecutionDriver {
public:
    struct Where {
        std::string name, state_dir, run_dir;
        std::vector<std::pair<std::string, std::string>> options;
        int64_t call_ns = 0; ///< for every function but start(); 0: ten seconds
    };

    /// Loads, checks the versions before anything is called, and opens. Closed with the object, but never
    /// unloaded: the process ends.
    static Result<ExecutionDriver> load(int file, Where const&);

    /// What a driver that answers nonsense has started is destroyed again.
    Result<staithe_started> start(staithe_container const&, int64_t deadline_ns);
    Result<void> signal(std::string_view id, int number);
    Result<void> destroy(std::string_view id);
    /// STAITHE_UNSUPPORTED where the driver cannot tell.
    Result<std::string> stats(std::string_view id);

private:
    /// What open() gave, until its close() and the image's deinit().
    struct Opened {
        void* self;
        staithe_execution const* table;
        staithe_plugin const* plugin;
        int64_t call_ns;
        Opened(void* s, staithe_execution const* t, staithe_plugin const* p, int64_t ns)
            : self(s)
            , table(t)
            , plugin(p)
            , call_ns(ns)
        {
        }
        Opened(Opened const&) = delete;
        Opened& operator=(Opened const&) = delete;
        ~Opened();
    };

    ExecutionDriver(std::string name, int64_t call_ns, std::unique_ptr<Opened const> opened)
        : m_name(std::move(name))
        , m_call_ns(call_ns)
        , m_opened(std::move(opened))
        , m_self(m_opened->self)
        , m_table(m_opened->table)
    {
    }
    Error broken(char const* function, std::string const& how) const;
    Result<void> check_started(staithe_started const&) const;
    /// f with the table's arguments that are the same for all functions.
    template <class F> Result<void> run(char const* function, int64_t deadline_ns, F&& f);

    std::string m_name;
    int64_t m_call_ns;
    std::unique_ptr<Opened const> m_opened;
    void* m_self;
    staithe_execution const* m_table;
};

} // namespace staithe::keeper
