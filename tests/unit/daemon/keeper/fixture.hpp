// A directory with everything that one container needs, and a daemon's Keepers over it.
#pragma once

#include <map>
#include <string>

#include <staithe/cpp/mutex.hpp>

#include "daemon/drivers/keepers.hpp"

namespace staithe::test {

/// What came over an attached connection, with the frames taken apart.
struct Streams {
    std::string out, err;
};
Streams unframe(std::string_view);

/// A connected pair: the client's end, and the one to give away.
struct Connection {
    UniqueFd mine, theirs;
    Connection();
    void write(std::string_view) const;
    /// Until the end of the stream.
    std::string read_all() const;
    /// Until `text` is at the end of what came, or the stream ends.
    std::string read_until(std::string_view text) const;
    void half_close() const;
};

struct Fixture {
    Fixture();
    ~Fixture();

    /// A daemon is born, or dies and another one is born.
    void make_daemon();

    rpc::keeper::Start start_of(std::vector<std::string> argv) const;
    rpc::keeper::Start shell(std::string const& script) const { return start_of({ "/bin/sh", "-c", script }); }
    Result<std::shared_ptr<drivers::Keeper>> start(rpc::keeper::Start, std::vector<drivers::Client>&);
    std::shared_ptr<drivers::Keeper> start(rpc::keeper::Start);
    /// Attached before start: gives what the client got until the end.
    std::string output_of(rpc::keeper::Start, rpc::keeper::Attach);

    rpc::keeper::ExitRecord wait_for_exit();
    int exits_told();
    std::string replayed(rpc::keeper::Attach);
    UniqueFd state_dir() const;

    drivers::Call call() const;
    std::string root, container;
    std::unique_ptr<drivers::Keepers> keepers;

    Mutex mutex;
    CondVar changed;
    std::vector<rpc::keeper::ExitRecord> exits GUARDED_BY(mutex);
};

rpc::keeper::Attach live(bool in = false);
void write_file(std::string const& path, std::string_view content);

} // namespace staithe::test
