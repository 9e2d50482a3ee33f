// A container's life: start, stop, restart, kill, resize, wait.
#include "api/routes/containers.hpp"

#include <limits>

#include "api/routes/parameters.hpp"
#include "api/routes/reply.hpp"
#include "api/wire/host_config.hpp"
#include "api/wire/replies.hpp"

namespace staithe::routes {

namespace {

    using api::ContainerService;
    using http::Reply;
    using http::Request;

    constexpr int default_grace_seconds = 10;
    constexpr uint32_t largest_window = 65'535; // struct winsize holds 16 bits

    /// Bodies of another type were always ignored; on the unix socket there are clients that send JSON as text/plain.
    bool may_be_json(Request const& request, std::string_view body)
    {
        if (request.media_type() == "application/json")
            return true;
        return request.listener == http::Listener::Unix && body.starts_with('{');
    }

    std::string_view trimmed(std::string_view text)
    {
        constexpr std::string_view space = " \t\r\n";
        auto const first = text.find_first_not_of(space);
        return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(space) - first + 1);
    }

    /// An empty body, and null, mean: with the stored HostConfig.
    Result<std::optional<api::HostConfig>> host_config_of(Request const& request)
    {
        auto const text = STAITHE_TRY(request.read_body());
        auto const body = trimmed(text);
        if (body.empty() || body == "null" || !may_be_json(request, body))
            return std::optional<api::HostConfig>();
        return std::optional(STAITHE_TRY(wire::decode_host_config(body)));
    }

    Result<Reply> start(ContainerService& containers, Request& request)
    {
        auto const host_config = STAITHE_TRY(host_config_of(request));
        STAITHE_TRY(containers.start(request.id, request.name, host_config ? &*host_config : nullptr));
        return empty_reply(204);
    }

    int grace_of(Request const& request)
    {
        auto const seconds = lenient_integer(request, "t").value_or(default_grace_seconds);
        bool const fits = seconds >= 0 && seconds <= std::numeric_limits<int>::max();
        return fits ? static_cast<int>(seconds) : default_grace_seconds;
    }

    Result<Reply> stop(ContainerService& containers, Request& request)
    {
        STAITHE_TRY(containers.stop(request.id, request.name, grace_of(request)));
        return empty_reply(204);
    }

    Result<Reply> restart(ContainerService& containers, Request& request)
    {
        STAITHE_TRY(containers.restart(request.id, request.name, grace_of(request)));
        return empty_reply(204);
    }

    Result<Reply> kill(ContainerService& containers, Request& request)
    {
        auto const signal = STAITHE_TRY(signal_number(request, "signal"));
        STAITHE_TRY(containers.kill(request.id, request.name, signal));
        return empty_reply(204);
    }

    Result<Reply> resize(ContainerService& containers, Request& request)
    {
        auto const height = STAITHE_TRY(strict_integer(request, "h", largest_window));
        auto const width = STAITHE_TRY(strict_integer(request, "w", largest_window));
        STAITHE_TRY(containers.resize(request.id, request.name, height, width));
        return empty_reply(200);
    }

    void wait(ContainerService& containers, Request& request, http::Responder& responder)
    {
        // shared: the waiter and the gate hold it.
        auto const deferred = responder.defer();
        auto withdraw = containers.wait(
            request.name, [deferred](int code) { deferred->send(json_reply(wire::encode_exit(code))); });
        if (!withdraw)
            return deferred->send(error_reply(withdraw.error()));
        deferred->on_client_gone(std::move(withdraw).value());
    }

} // namespace

void add_life_routes(http::Router& router, ContainerService& containers)
{
    auto const on = [&](char const* pattern, auto handler) {
        router.add(
            { "POST", pattern, answering([&containers, handler](Request& r) { return handler(containers, r); }) });
    };
    on("/containers/{name}/start", start);
    on("/containers/{name}/stop", stop);
    on("/containers/{name}/restart", restart);
    on("/containers/{name}/kill", kill);
    on("/containers/{name}/resize", resize);
    router.add({ "POST", "/containers/{name}/wait",
        [&containers](Request& request, http::Responder& responder) { wait(containers, request, responder); } });
}

} // namespace staithe::routes
