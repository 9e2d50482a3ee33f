// A registry driver for tests: it "fetches" facts about the process it lives in, so that tests can see how that process
// is confined.

#include <linux/if_alg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <fstream>
#include <memory>
#include <sstream>

#include <staithe/cpp/registry.hpp>
#include <staithe/fetch.h>

#include "faults.hpp"

namespace staithe::doubles {

class RegistryDouble {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_REGISTRY, "double", "Facts", 1,
        1 };

    static Result<void> probe(staithe_open const& where)
    {
        set_faults(where.options);
        maybe_fail("probe");
        return {};
    }
    static Result<std::unique_ptr<RegistryDouble>> open(staithe_open const& where, Log)
    {
        set_faults(where.options);
        maybe_fail("open");
        return std::make_unique<RegistryDouble>();
    }
    Result<void> ping(staithe_call const&, staithe_endpoint const&) { return unsupported(); }
    Result<void> manifest(staithe_call const&, staithe_endpoint const&, std::string_view, std::string_view, Sink&)
    {
        return unsupported();
    }
    Result<void> fetch(
        staithe_call const&, staithe_endpoint const&, std::string_view, std::string_view, uint64_t, Sink&)
    {
        return unsupported();
    }
    Result<void> push(staithe_call const&, staithe_endpoint const&, std::string_view, std::string_view, Source&)
    {
        return unsupported();
    }

    Result<void> fetch_url(std::string_view url, Sink& into)
    {
        maybe_fail("fetch");
        std::string const facts = url == "status" ? status() : verdicts();
        return into.write(facts.data(), facts.size());
    }

private:
    static Error unsupported() { return { STAITHE_UNSUPPORTED, 0, "a double has no registry" }; }

    static std::string status()
    {
        std::ostringstream out;
        out << std::ifstream("/proc/self/status").rdbuf();
        return out.str();
    }

    static std::string verdicts()
    {
        std::ostringstream out;
        int const packet = ::socket(AF_PACKET, SOCK_RAW, 0), algorithm = ::socket(AF_ALG, SOCK_SEQPACKET, 0);
        int const internet = ::socket(AF_INET, SOCK_STREAM, 0);
        out << "packet " << (packet >= 0) << "\nalg " << (algorithm >= 0) << "\ninet " << (internet >= 0) << "\n";
        char const* const arguments[] = { "/bin/true", nullptr };
        pid_t const child = ::fork();
        if (child == 0) {
            ::execv("/bin/true", const_cast<char**>(arguments));
            ::_exit(errno == EPERM ? 42 : 43);
        }
        int ended = 0;
        ::waitpid(child, &ended, 0);
        out << "exec " << WEXITSTATUS(ended) << "\nroot " << ::access("/root", R_OK) << "\n";
        return out.str();
    }
};

namespace {

    staithe_fetch const fetch_table { sizeof(staithe_fetch), 0,
        [](void* self, staithe_call const*, staithe_text url, staithe_sink* into, staithe_error* error) {
            return guarded(error, [&] {
                BorrowedSink sink(*into);
                return static_cast<RegistryDouble*>(self)->fetch_url(view(url), sink);
            });
        } };

    staithe_registry const& table()
    {
        static staithe_driver const base = [] {
            auto t = driver_table<RegistryDouble>();
            t.extension = [](void*, char const* id) -> void const* {
                return std::string_view(id) == STAITHE_FETCH_EXTENSION ? &fetch_table : nullptr;
            };
            return t;
        }();
        static staithe_registry const with_fetch = [] {
            auto t = registry_table<RegistryDouble>();
            t.base = &base;
            return t;
        }();
        return with_fetch;
    }

} // namespace

} // namespace staithe::doubles

const staithe_plugin staithe_plugin_v1 =
    staithe::SingleDriverPlugin<staithe::doubles::RegistryDouble, staithe::doubles::table>::make(
        "test.registry-double", "1.0", "Apache-2.0");
