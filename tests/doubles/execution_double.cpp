// An execution driver for tests of the loader: it can be probed and does nothing.

#include <memory>

#include <staithe/cpp/execution.hpp>

#include "faults.hpp"

namespace staithe::doubles {

class ExecutionDouble {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_EXECUTION, "double", "Nothing", 1,
        1 };

    static Result<void> probe(staithe_open const& where)
    {
        set_faults(where.options);
        maybe_fail("probe");
        return {};
    }
    static Result<std::unique_ptr<ExecutionDouble>> open(staithe_open const&, Log)
    {
        return std::make_unique<ExecutionDouble>();
    }
    Result<void> check(staithe_call const&, staithe_container const&) { return unsupported(); }
    Result<staithe_started> start(staithe_call const&, staithe_container const&) { return unsupported(); }
    Result<void> signal(staithe_call const&, std::string_view, int) { return unsupported(); }
    Result<void> destroy(staithe_call const&, std::string_view) { return {}; }

private:
    static Error unsupported() { return { STAITHE_UNSUPPORTED, 0, "a double starts nothing" }; }
};

} // namespace staithe::doubles

STAITHE_EXECUTION_PLUGIN(staithe::doubles::ExecutionDouble, "test.execution-double", "1.0", "Apache-2.0");
