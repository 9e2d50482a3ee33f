// What the daemon and a keeper say to each other. Version 1.
//
// The daemon makes a keeper with one end of a Channel as descriptor 3 and sends Start. Later daemons connect to the
// keeper's listening socket (a SOCK_SEQPACKET socket that the first daemon bound and passed with Start). On every
// connection the daemon's first message is Hello (Start on the first one); the keeper answers Welcome with its own
// version and state. Fields are only ever added at the end of a message, so a daemon and a keeper of different ages
// understand each other; a new message type is used only if Welcome's version has it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/rpc/channel.hpp"

namespace staithe::rpc::keeper {

inline constexpr uint32_t protocol_version = 2;

/// While a driver's function runs, the keeper's name (/proc/PID/comm) is this and the function's.
inline constexpr char stage_prefix[] = "keeper:";

enum class Type : uint16_t {
    Hello = 1, // Hello → Welcome
    Start = 2, // Start, descriptors → Started or Failed
    Signal = 3, // Signal → Done or Failed
    Resize = 4, // Resize → Done or Failed
    Attach = 5, // Attach, client's socket → Done or Failed
    Stats = 6, // (empty) → Text or Failed
    Root = 7, // (empty) → Done, beside it a detached read-only clone of the root file system, or Failed. Since 2
    Welcome = 100,
    Started = 101,
    Done = 102,
    Failed = 103, // an Error in the codec's form
    Text = 104,
    Exited = 105, // unasked, to every connection: ExitRecord. The container's cgroups are gone by then
    Filling = 107, // (empty), about once a second before Started: a volume is still being filled
    Released = 106, // unasked, after Exited: (empty). Its mounts are gone too, and what it wrote is in the layer
};

struct Hello {
    uint32_t version = protocol_version;
};

/// How a container ended. status is 0–255, 128 + n for death by signal n.
struct ExitRecord {
    uint32_t run = 0; // which start of the container this was, from 1
    int32_t status = 0;
    int64_t started_ns = 0, exited_ns = 0; // real time
    bool out_of_memory = false;
};

enum class State : uint8_t { Empty = 0, Running = 1, Exited = 2 };

struct Welcome {
    uint32_t version = protocol_version;
    State state = State::Empty;
    std::string container;
    uint32_t run = 0;
    int32_t pid = 0; // of process 1 as the host sees it
    int64_t started_ns = 0;
    ExitRecord exit; // with State::Exited
    std::string driver; // name, for messages; empty: the keeper is too old to say
};

/// How a client's socket is served. The client's bytes go to stdin when `in` is set and the container has an open one.
struct Attach {
    bool logs = false; // first replay the stored output
    bool stream = false; // then go on live; without it the socket is closed after the replay
    bool in = false, out = false, err = false;
    bool framed = false; // 8-byte frame headers (API ≥ 1.6 without a tty)
    bool half_close = true; // shut the write side down at the end instead of closing (TCP)
    std::string early; // bytes of the client that were read before the socket was handed over
};

struct Limits {
    uint32_t pids = 0;
    int64_t memory = 0, memory_swap = 0, cpu_shares = 0; // see staithe_limits
};

struct LogBounds {
    uint64_t segment_bytes = 20u << 20; // 0: one segment without end
    uint32_t segments = 5;
};

/// One mount below the container's root.
struct Mount {
    std::string target; // absolute in the container
    bool read_only = false;
    bool file = false; // the target is a regular file
    /// The descriptor is a managed volume's directory, not a mount: its "data" is mounted, after it was filled, if it
    /// is empty, with what the root file system has at the target.
    bool volume = false;
};

/// Everything about one start. The descriptors beside it are, in this order: the driver's file, the root file system (a
/// detached mount), the container's state directory (log and exit record), the listening control socket, one socket per
/// entry of clients, the network namespace where `network` says so, and one detached mount (or volume's directory) per
/// entry of mounts.
struct Start {
    uint32_t version = protocol_version;
    std::string container; // 64 hex digits
    uint32_t run = 1;
    std::string driver; // name, for messages
    std::string driver_state_dir, driver_run_dir;
    std::vector<std::pair<std::string, std::string>> driver_options;
    std::vector<std::string> argv, env;
    std::string cwd, user, hostname, domainname, cgroup;
    bool tty = false, open_stdin = false, stdin_once = false, privileged = false, no_new_privileges = false;
    Limits limits;
    LogBounds log;
    std::vector<std::pair<std::string, std::string>> options; // LxcConf
    std::vector<Attach> clients; // attached before start
    int64_t deadline_ns = 0; // CLOCK_MONOTONIC, for the driver's start
    int64_t call_ns = 0; // what every other function of the driver has; 0: ten seconds
    bool network = false; // since 2: join the network namespace that comes along; else a new one with loopback only
    std::vector<Mount> mounts; // since 2
};

struct Started {
    int32_t pid = 0;
    int64_t started_ns = 0;
};

struct Signal {
    int32_t number = 0;
};

struct Resize {
    uint32_t height = 0, width = 0;
};

// One pair of functions per struct; a decode ignores what a younger writer added at the end.
void encode(Writer&, Hello const&);
void encode(Writer&, ExitRecord const&);
void encode(Writer&, Welcome const&);
void encode(Writer&, Attach const&);
void encode(Writer&, Start const&);
void encode(Writer&, Started const&);
void encode(Writer&, Signal const&);
void encode(Writer&, Resize const&);
Result<Hello> decode_hello(std::string_view);
Result<ExitRecord> decode_exit_record(std::string_view);
Result<Welcome> decode_welcome(std::string_view);
Result<Attach> decode_attach(std::string_view);
Result<Start> decode_start(std::string_view);
Result<Started> decode_started(std::string_view);
Result<Signal> decode_signal(std::string_view);
Result<Resize> decode_resize(std::string_view);

template <class T> Message message(Type type, T const& body, uint64_t call = 0)
{
    Writer out;
    encode(out, body);
    return { static_cast<uint16_t>(type), call, out.take(), {} };
}

} // namespace staithe::rpc::keeper
