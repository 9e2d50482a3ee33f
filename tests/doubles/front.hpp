// A front for a real driver: an image that passes every call on to the driver in the file "<its own file>.behind", and
// misbehaves where "<its own file>.faults" says so. That file is read with every call, so that a test changes its mind
// while the daemon runs. One fault per line:
//
//     <function> <fault> [<beginning of an id>]
//
// fault: segfault, abort, hang, exit, throw (across the C border), silent (fails without a message), code (fails with a
// code and a message that are none), garbage (does it, and answers nonsense).
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <staithe/cpp/plugin.hpp>
#include <staithe/execution.h>
#include <staithe/storage.h>

namespace staithe::doubles {

/// The real path of this image, which was loaded through a descriptor.
inline std::string const& own_path()
{
    static std::string const path = [] {
        Dl_info info {};
        char real[PATH_MAX] = "";
        if (!::dladdr(reinterpret_cast<void*>(&own_path), &info) || !::realpath(info.dli_fname, real))
            std::abort();
        return std::string(real);
    }();
    return path;
}

inline std::string fault_of(std::string_view function, std::string_view id)
{
    std::ifstream file(own_path() + ".faults");
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name, fault, only;
        words >> name >> fault >> only;
        if (name == function && id.starts_with(only))
            return fault;
    }
    return {};
}

inline void end_badly(std::string_view fault)
{
    if (fault == "segfault") {
        signal(SIGSEGV, SIG_DFL); // a sanitizer would make an exit of it
        raise(SIGSEGV);
    }
    if (fault == "abort")
        std::abort();
    while (fault == "hang")
        pause();
    if (fault == "exit")
        ::_exit(3);
    if (fault == "throw")
        throw 42;
}

inline std::string_view id_in(staithe_text id)
{
    return view(id);
}
inline std::string_view id_in(staithe_container const* container)
{
    return view(container->id);
}
template <class T> std::string_view id_in(T)
{
    return {};
}

inline bool spoil(int32_t* descriptor)
{
    return *descriptor = 9999, true;
}
inline bool spoil(uint64_t* bytes)
{
    return *bytes = UINT64_MAX, true;
}
inline bool spoil(staithe_started* started)
{
    return started->wait_pid = started->init_pid = 1, true;
}
inline bool spoil(staithe_space* space)
{
    return space->size = SIZE_MAX, true;
}
template <class T> bool spoil(T)
{
    return false;
}

inline bool fill(staithe_error* error)
{
    return std::memset(error->message, 0xff, sizeof error->message), true;
}
template <class T> bool fill(T)
{
    return false;
}

template <auto Slot> struct Front;
template <class Table, class... Arguments, staithe_code (*Table::*Slot)(Arguments...)> struct Front<Slot> {
    static inline staithe_code (*original)(Arguments...) = nullptr;
    static inline char const* name = nullptr;

    static staithe_code call(Arguments... arguments)
    {
        std::string_view id;
        ((id = id.empty() ? id_in(arguments) : id), ...);
        auto const fault = fault_of(name, id);
        end_badly(fault);
        if (fault == "silent")
            return STAITHE_IO;
        if (fault == "code") {
            (fill(arguments), ...);
            return -12345;
        }
        auto const code = original(arguments...);
        if (fault == "garbage")
            (spoil(arguments), ...);
        return code;
    }
    static void put(Table& table, char const* function)
    {
        name = function;
        original = table.*Slot;
        table.*Slot = call;
    }
};

/// The plugin behind this one; null where there is none, as when the image is only looked at.
inline staithe_plugin const* behind()
{
    static staithe_plugin const* const plugin = [] {
        void* const image = ::dlopen((own_path() + ".behind").c_str(), RTLD_NOW | RTLD_LOCAL);
        return image ? static_cast<staithe_plugin const*>(::dlsym(image, "staithe_plugin_v1")) : nullptr;
    }();
    return plugin;
}

/// The plugin table of a front; `Put(table)` fronts the slots of the copy of the real driver's table.
template <class Table, uint32_t Kind, auto Put> struct FrontPlugin {
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), Kind, "front", "A test double", 1, 1 };

    static staithe_code init(staithe_host const* host, staithe_error* error)
    {
        end_badly(fault_of("init", {}));
        return behind() ? behind()->init(host, error) : STAITHE_INTERNAL;
    }
    static staithe_code probe(char const*, staithe_open const* where, staithe_error* error)
    {
        end_badly(fault_of("probe", {}));
        return behind()->probe(behind()->driver(0)->name, where, error);
    }
    static staithe_code open(
        char const*, staithe_open const* where, void** self, void const** out, staithe_error* error)
    {
        end_badly(fault_of("open", {}));
        void const* real = nullptr;
        auto const code = behind()->open(behind()->driver(0)->name, where, self, &real, error);
        if (code != STAITHE_OK)
            return code;
        static Table table = *static_cast<Table const*>(real);
        Put(table);
        *out = &table;
        return code;
    }
    static constexpr staithe_plugin make()
    {
        staithe_plugin p {};
        p.struct_size = sizeof p;
        p.abi_major = STAITHE_ABI_MAJOR;
        p.abi_minor = STAITHE_ABI_MINOR;
        p.id = "test.front";
        p.version = "1.0";
        p.license = "Apache-2.0";
        p.driver = [](size_t index) -> staithe_driver_info const* { return index == 0 ? &info : nullptr; };
        p.init = init;
        p.probe = probe;
        p.open = open;
        p.deinit = [] {};
        return p;
    }
};

} // namespace staithe::doubles
