#include "daemon/containers/merge.hpp"

#include <algorithm>
#include <string_view>

#include "daemon/containers/port_spec.hpp"

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

    Result<void> expose(std::set<std::string>& ports, std::vector<std::string> const& specs)
    {
        for (auto const& text : specs)
            ports.insert(STAITHE_TRY(parse_port_spec(text)).key());
        return {};
    }

    /// "80" is "80/tcp".
    Result<void> complete_keys(std::set<std::string>& ports)
    {
        std::set<std::string> complete;
        for (auto const& key : ports)
            complete.insert(STAITHE_TRY(parse_port_spec(key)).key());
        ports = std::move(complete);
        return {};
    }

    /// The image's specifications join the user's, unless there is one for the same port.
    Result<void> join_specs(std::vector<std::string>& specs, std::vector<std::string> const& image)
    {
        std::set<std::string> given;
        STAITHE_TRY(expose(given, specs));
        for (auto const& text : image)
            if (!given.contains(STAITHE_TRY(parse_port_spec(text)).key()))
                specs.push_back(text);
        return {};
    }

} // namespace

Result<api::ContainerConfig> merge(
    api::ContainerConfig user, std::optional<api::ContainerConfig> const& image, PortSpecs meaning)
{
    if (image) {
        take_scalars(user, *image);
        take_lists(user, *image);
        STAITHE_TRY(join_specs(user.port_specs, image->port_specs));
    }
    STAITHE_TRY(complete_keys(user.exposed_ports));
    STAITHE_TRY(expose(user.exposed_ports, user.port_specs));
    if (meaning == PortSpecs::Expose)
        user.port_specs.clear();
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
    if (!host.forwards_ipv4())
        warnings.emplace_back("IPv4 forwarding is disabled.");
    return warnings;
}

} // namespace staithe::containers
