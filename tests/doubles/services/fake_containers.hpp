// A ContainerService that records what it is asked and answers what a test has set.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/services/container_service.hpp"

namespace staithe::doubles {

class FakeContainers final : public api::ContainerService {
public:
    std::vector<std::string> calls; ///< "stop web 10"
    std::optional<Error> error; ///< what every function fails with
    bool is_empty = false; ///< inspect finds nothing
    api::ContainerConfig config; ///< of the last create
    api::CreateOptions create_options; ///< of the last create
    std::optional<api::HostConfig> host_config; ///< of the last start
    api::ContainerFilter filter; ///< of the last list
    api::AttachOptions options; ///< of the last attach
    api::CreatedContainer created { std::string(64, 'c'), {} };
    std::vector<api::ContainerSummary> summaries;
    api::ContainerDetails details;
    std::function<void(int)> waiter;
    bool withdrawn = false;
    bool fails_after_takeover = false;
    std::string early; ///< what attach took over
    std::vector<std::string> pieces; ///< what export, copy and logs write
    std::optional<Error> late_error; ///< how export, copy and logs end after the pieces
    std::vector<api::FileChange> differences;
    api::ProcessTable processes;
    api::CommitRequest commit_request; ///< of the last commit
    std::string committed = std::string(64, 'd'); ///< what a commit makes

    Result<api::CreatedContainer> create(
        std::string_view, api::CreateOptions const& options_of_create, api::ContainerConfig const& with) override
    {
        STAITHE_TRY(note("create " + options_of_create.name));
        create_options = options_of_create;
        config = with;
        return created;
    }
    Result<std::vector<api::ContainerSummary>> list(api::ContainerFilter const& with) override
    {
        STAITHE_TRY(note("list"));
        filter = with;
        return summaries;
    }
    Result<api::ContainerDetails> inspect(std::string_view name) override
    {
        STAITHE_TRY(note("inspect " + std::string(name)));
        if (is_empty)
            return Error { STAITHE_NOT_FOUND, 0, "No such container: " + std::string(name) };
        return details;
    }
    Result<void> start(std::string_view, std::string_view name, api::HostConfig const* with) override
    {
        STAITHE_TRY(note("start " + std::string(name)));
        host_config = with ? std::optional(*with) : std::nullopt;
        return {};
    }
    Result<void> stop(std::string_view, std::string_view name, int seconds) override
    {
        return note("stop " + std::string(name) + " " + std::to_string(seconds));
    }
    Result<void> restart(std::string_view, std::string_view name, int seconds) override
    {
        return note("restart " + std::string(name) + " " + std::to_string(seconds));
    }
    Result<void> kill(std::string_view, std::string_view name, int signal) override
    {
        return note("kill " + std::string(name) + " " + std::to_string(signal));
    }
    Result<void> resize(std::string_view, std::string_view name, uint32_t height, uint32_t width) override
    {
        return note("resize " + std::string(name) + " " + std::to_string(height) + " " + std::to_string(width));
    }
    Result<void> remove(std::string_view, std::string_view name, bool volumes) override
    {
        return note("remove " + std::string(name) + (volumes ? " volumes" : ""));
    }
    Result<void> remove_link(std::string_view, std::string_view name) override
    {
        return note("unlink " + std::string(name));
    }
    Result<Withdraw> wait(std::string_view name, std::function<void(int)> done) override
    {
        STAITHE_TRY(note("wait " + std::string(name)));
        waiter = std::move(done);
        return Withdraw([this] { withdrawn = true; });
    }
    Result<void> attach(std::string_view, std::string_view name, api::AttachOptions const& with,
        std::function<Result<api::ClientStream>()> const& take_over) override
    {
        STAITHE_TRY(note("attach " + std::string(name)));
        options = with;
        early = STAITHE_TRY(take_over()).early;
        if (fails_after_takeover)
            return Error { STAITHE_IO, 0, "too late for a status" };
        return {};
    }
    Result<void> export_tree(std::string_view, std::string_view name, Sink& sink) override
    {
        STAITHE_TRY(note("export " + std::string(name)));
        return write_pieces(sink);
    }
    Result<void> copy(std::string_view, std::string_view name, std::string const& path, Sink& sink) override
    {
        STAITHE_TRY(note("copy " + std::string(name) + " " + path));
        return write_pieces(sink);
    }
    Result<std::vector<api::FileChange>> changes(std::string_view, std::string_view name) override
    {
        STAITHE_TRY(note("changes " + std::string(name)));
        return differences;
    }
    Result<std::string> commit(std::string_view, api::CommitRequest const& with) override
    {
        STAITHE_TRY(note("commit " + with.container));
        commit_request = with;
        return committed;
    }
    Result<api::ProcessTable> top(std::string_view name, std::string_view ps_args) override
    {
        STAITHE_TRY(note("top " + std::string(name) + (ps_args.empty() ? "" : " " + std::string(ps_args))));
        return processes;
    }
    Result<void> logs_json(std::string_view, std::string_view name, Sink& sink) override
    {
        STAITHE_TRY(note("logs " + std::string(name)));
        return write_pieces(sink);
    }

private:
    Result<void> note(std::string call)
    {
        calls.push_back(std::move(call));
        if (error)
            return *error;
        return {};
    }
    Result<void> write_pieces(Sink& sink)
    {
        for (auto const& piece : pieces)
            STAITHE_TRY(sink.write(piece.data(), piece.size()));
        if (late_error)
            return *late_error;
        return {};
    }
};

} // namespace staithe::doubles
