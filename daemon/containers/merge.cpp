#include "daemon/containers/merge.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace staithe::containers {

namespace {

    using Texts = std::optional<std::vector<std::string>>;

    bool is_empty(Texts const& list)
    {
        return !list || list->empty();
    }

    std::string_view key_of(std::string_view entry)
    {
        return entry.substr(0, entry.find('='));
    }

    Texts merge_environment(Texts user, Texts const& image)
    {
        if (is_empty(image))
            return user;
        if (!user)
            return image;
        size_t const given = user->size();
        for (auto const& entry : *image) {
            auto const set = [&](std::string const& own) { return key_of(own) == key_of(entry); };
            if (std::none_of(user->begin(), user->begin() + static_cast<ptrdiff_t>(given), set))
                user->push_back(entry);
        }
        return user;
    }

    Texts append(Texts user, Texts const& image)
    {
        if (is_empty(image))
            return user;
        if (!user)
            user.emplace();
        user->insert(user->end(), image->begin(), image->end());
        return user;
    }

    bool is_port(std::string_view text)
    {
        unsigned port = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
        return error == std::errc() && end == text.data() + text.size() && port <= 65535;
    }

    /// "[IP:[HOSTPORT]:|HOSTPORT:]PORT[/PROTO]" → "PORT/PROTO".
    Result<std::string> exposed_port(std::string_view spec)
    {
        auto const invalid = [&](char const* what, std::string_view value) {
            return Error { STAITHE_INVALID, 0, std::string(what) + std::string(value) };
        };
        size_t const slash = spec.find('/');
        std::string const protocol(slash == std::string_view::npos ? "tcp" : spec.substr(slash + 1));
        auto const address = spec.substr(0, slash);
        auto const parts = 1 + std::count(address.begin(), address.end(), ':');
        if (parts > 3)
            return invalid(
                "Invalid format to parse.  ", std::string(spec) + " should match template ip:hostPort:containerPort");
        size_t const last = address.rfind(':');
        auto const port = last == std::string_view::npos ? address : address.substr(last + 1);
        if (port.empty())
            return invalid("No port specified: ", spec);
        if (!is_port(port))
            return invalid("Invalid containerPort: ", port);
        if (parts > 1) {
            auto host = address.substr(0, last);
            if (parts == 3)
                host.remove_prefix(host.find(':') + 1);
            if (!host.empty() && !is_port(host))
                return invalid("Invalid hostPort: ", host);
        }
        return std::string(port) + "/" + protocol;
    }

    void take_scalars(api::ContainerConfig& user, api::ContainerConfig const& image)
    {
        auto const text = [](std::string& mine, std::string const& other) {
            if (mine.empty())
                mine = other;
        };
        auto const number = [](int64_t& mine, int64_t other) {
            if (mine == 0)
                mine = other;
        };
        text(user.user, image.user);
        text(user.working_dir, image.working_dir);
        text(user.volumes_from, image.volumes_from);
        number(user.memory, image.memory);
        number(user.memory_swap, image.memory_swap);
        number(user.cpu_shares, image.cpu_shares);
        user.tty |= image.tty;
        user.open_stdin |= image.open_stdin;
        user.stdin_once |= image.stdin_once;
    }

    void take_lists(api::ContainerConfig& user, api::ContainerConfig const& image)
    {
        if (is_empty(user.command))
            user.command = image.command;
        if (is_empty(user.entrypoint))
            user.entrypoint = image.entrypoint;
        user.env = merge_environment(std::move(user.env), image.env);
        user.dns = append(std::move(user.dns), image.dns);
        user.volumes.insert(image.volumes.begin(), image.volumes.end());
        if (user.exposed_ports.empty())
            user.exposed_ports = image.exposed_ports;
    }

    Result<void> expose(api::ContainerConfig& user, std::vector<std::string> const& specs)
    {
        for (auto const& spec : specs)
            user.exposed_ports.insert(STAITHE_TRY(exposed_port(spec)));
        return {};
    }

} // namespace

Result<api::ContainerConfig> merge(api::ContainerConfig user, std::optional<api::ContainerConfig> const& image)
{
    if (image) {
        take_scalars(user, *image);
        take_lists(user, *image);
        STAITHE_TRY(expose(user, image->port_specs));
    }
    STAITHE_TRY(expose(user, user.port_specs));
    if (!user.command && !is_empty(user.entrypoint))
        user.command.emplace();
    return user;
}

Result<Program> program_of(api::ContainerConfig const& config)
{
    std::vector<std::string> words;
    for (auto const* list : { &config.entrypoint, &config.command })
        if (*list)
            words.insert(words.end(), (*list)->begin(), (*list)->end());
    if (words.empty())
        return Error { STAITHE_INVALID, 0, "No command specified" };
    return Program { words.front(), { words.begin() + 1, words.end() } };
}

Result<std::vector<std::string>> fit_to_host(api::ContainerConfig& config, HostAbilities const& host)
{
    constexpr int64_t smallest = 524288;
    if (config.memory != 0 && config.memory < smallest)
        return Error { STAITHE_INVALID, 0, "Memory limit must be given in bytes (minimum 524288 bytes)" };
    std::vector<std::string> warnings;
    if (!host.memory_limit)
        config.memory = 0;
    if (config.memory > 0 && !host.swap_limit) {
        warnings.emplace_back("Your kernel does not support memory swap capabilities. Limitation discarded.");
        config.memory_swap = -1;
    }
    return warnings;
}

} // namespace staithe::containers
