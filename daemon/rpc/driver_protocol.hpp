// What the daemon and a driver-host say to each other. Both come from one build, so there is no version number here;
// the versions that matter are those of the driver's image, which the host compares before it calls anything.
//
//   daemon → host   Load (beside it: the driver's file) → Stage*, then Loaded or Failed
//                   Call (beside it: a pipe, where the function has a stream; for pack then the root's descriptor)
//                     → Part*, then Done or Failed
//                   StreamEnd, Cancel: about a call that is under way;  Quit: finish, close the driver and exit
//   host → daemon   Log, at any time
//
// The header's call number ties answers to questions. A stream's bytes run through the pipe; how it ended is said by
// StreamEnd for what the driver reads, and by Done or Failed for what it writes. A pipe that just ends is a cut stream.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <staithe/plugin.h>

#include "daemon/rpc/channel.hpp"

namespace staithe::rpc::driver {

enum class Type : uint16_t {
    Load = 1,
    Call = 2,
    StreamEnd = 3,
    Cancel = 4,
    Quit = 5,
    Loaded = 100,
    Stage = 101, // one byte: the Function that is entered while loading; tells what a silent death happened in
    Part = 102, // a list's elements, some of many
    Done = 103, // the function's answer
    Failed = 104,
    Log = 105,
};

/// Everything of a driver that can be called, and so can fail.
enum class Function : uint8_t {
    Dlopen = 1, // the image's constructors
    Driver = 2,
    Init = 3,
    Probe = 4,
    Open = 5,
    Quiesce = 6,
    Close = 7,
    Create = 20,
    Remove = 21,
    Mount = 22,
    List = 23,
    Apply = 24,
    Diff = 25,
    Changes = 26,
    Usage = 27,
    Pack = 28,
    TreeHash = 29,
    FetchUrl = 40,
};

/// "mount": as the table spells it.
char const* name(Function);
/// "storage"
char const* name(staithe_kind);

enum class Purpose : uint8_t { Probe = 0, Serve = 1 };

struct Load {
    staithe_kind kind = STAITHE_STORAGE;
    Purpose purpose = Purpose::Serve;
    std::string name, state_dir, run_dir;
    uint32_t generation = 1;
    std::vector<std::pair<std::string, std::string>> options;
};

struct Loaded {
    std::string id, version, summary; // as the image says
};

/// The arguments of all functions in one shape; a function uses what it needs. id is a layer's, or a URL.
struct Call {
    Function function = Function::List;
    std::string request_id, id, parent;
    std::string path, prefix; // of pack
    bool writable = false;
    int64_t deadline_ns = 0; // CLOCK_MONOTONIC; 0: none
    uint64_t stream_size = UINT64_MAX;
};

/// How the daemon's side of a stream ended.
struct StreamEnd {
    bool complete = false;
    Error error; // where it is not
};

/// The results of all functions in one shape. mount's descriptor lies beside it.
struct Done {
    uint64_t bytes = 0; // apply, usage
    std::string text; // tree_hash
};

/// An element of list (path is the id) or changes.
struct Item {
    std::string path;
    uint32_t kind = 0;
};
struct Part {
    std::vector<Item> items;
};

/// broken: it is not the driver that refuses, but the driver that does what its contract forbids.
struct Failed {
    Function function = Function::Dlopen;
    bool broken = false;
    Error error;
};

struct Log {
    int32_t level = STAITHE_INFO;
    std::string line;
};

void encode(Writer&, Load const&);
void encode(Writer&, Loaded const&);
void encode(Writer&, Call const&);
void encode(Writer&, StreamEnd const&);
void encode(Writer&, Done const&);
void encode(Writer&, Part const&);
void encode(Writer&, Failed const&);
void encode(Writer&, Log const&);
Result<Load> decode_load(std::string_view);
Result<Loaded> decode_loaded(std::string_view);
Result<Call> decode_call(std::string_view);
Result<StreamEnd> decode_stream_end(std::string_view);
Result<Done> decode_done(std::string_view);
Result<Part> decode_part(std::string_view);
Result<Failed> decode_failed(std::string_view);
Result<Log> decode_log(std::string_view);

template <class T> Message message(Type type, T const& body, uint64_t call = 0)
{
    Writer out;
    encode(out, body);
    return { static_cast<uint16_t>(type), call, out.take(), {} };
}

inline Message message(Type type, uint64_t call = 0)
{
    return { static_cast<uint16_t>(type), call, {}, {} };
}

} // namespace staithe::rpc::driver
