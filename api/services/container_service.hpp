// What the API can do with containers. Implemented by daemon/containers; every function is thread-safe.
//
// A name is a container's name (with or without the leading '/'), its id, or a unique prefix of it. Unknown: NOT_FOUND
// with the message "No such container: NAME". Error messages that clients know begin as they know them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/stream.hpp>
#include <staithe/cpp/unique_fd.hpp>

#include "api/services/container.hpp"
#include "api/services/image.hpp"

namespace staithe::api {

/// What a client wants to see of a container's streams (query of attach).
struct AttachOptions {
    bool logs = false, stream = false, in = false, out = false, err = false;
    bool framed = false; ///< 8-byte frame headers, if the container has no tty
    bool half_close = true; ///< end by shutting down the write side (TCP) instead of closing (unix)
};

/// A client's connection that has left HTTP, and what was already read from it.
struct ClientStream {
    UniqueFd socket;
    std::string early;
};

class ContainerService {
public:
    virtual ~ContainerService() = default;

    virtual Result<CreatedContainer> create(
        std::string_view request_id, CreateOptions const&, ContainerConfig const&) = 0;
    virtual Result<std::vector<ContainerSummary>> list(ContainerFilter const&) = 0;
    virtual Result<ContainerDetails> inspect(std::string_view name) = 0;
    /// host_config null: reuse the stored one.
    virtual Result<void> start(std::string_view request_id, std::string_view name, HostConfig const* host_config) = 0;
    virtual Result<void> stop(std::string_view request_id, std::string_view name, int seconds) = 0;
    virtual Result<void> restart(std::string_view request_id, std::string_view name, int seconds) = 0;
    /// signal 0: SIGKILL and wait for the end.
    virtual Result<void> kill(std::string_view request_id, std::string_view name, int signal) = 0;
    virtual Result<void> resize(
        std::string_view request_id, std::string_view name, uint32_t height, uint32_t width) = 0;
    virtual Result<void> remove(std::string_view request_id, std::string_view name, bool remove_volumes) = 0;
    /// Takes a link "parent/alias" away. CONFLICT for a container's own name; NOT_FOUND "No such link: NAME".
    virtual Result<void> remove_link(std::string_view request_id, std::string_view name) = 0;

    /// Calls done exactly once, from any thread, with the exit code: at once if the container does not run. The
    /// returned function withdraws the waiter (done is then not called). An unknown name fails at once.
    using Withdraw = std::function<void()>;
    virtual Result<Withdraw> wait(std::string_view name, std::function<void(int)> done) = 0;

    /// Checks everything first, then calls take_over to get the connection, then serves it without a thread of the
    /// caller's. Errors before take_over are HTTP answers.
    virtual Result<void> attach(std::string_view request_id, std::string_view name, AttachOptions const&,
        std::function<Result<ClientStream>()> const& take_over) = 0;

    /// Writes the root file system as a tar, names beginning "./". Volumes are not part of it.
    virtual Result<void> export_tree(std::string_view request_id, std::string_view name, Sink&) = 0;
    /// Writes one file or directory below the container's root as a tar; names begin with its base name. Symbolic links
    /// and ".." of the path stay inside the root, whatever the container does meanwhile.
    virtual Result<void> copy(std::string_view request_id, std::string_view name, std::string const& path, Sink&) = 0;
    /// In lexical order of the paths.
    virtual Result<std::vector<FileChange>> changes(std::string_view request_id, std::string_view name) = 0;
    /// An image of the container's changes, running or not, on top of its image: the new image's id. It appears whole
    /// or not at all, tag included.
    virtual Result<std::string> commit(std::string_view request_id, CommitRequest const&) = 0;
    /// ps_args as a client gives them: "", "aux", "-ef", "-o pid,args" …
    virtual Result<ProcessTable> top(std::string_view name, std::string_view ps_args) = 0;

    /// Stored output in json-file lines or raw text, with times: an extension beyond Docker's API. See docs/logs.md.
    virtual Result<void> logs_json(std::string_view request_id, std::string_view name, Sink&) = 0;
};

} // namespace staithe::api
