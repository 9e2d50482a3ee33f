#include "cli/commands/container_body.hpp"

#include <cstdlib>

#include "cli/format.hpp"
#include "cli/json.hpp"
#include "cli/specs.hpp"

namespace staithe::cli::commands {

namespace {

    using Object = Poco::JSON::Object;
    using List = Poco::JSON::Array;

    Object::Ptr make_object()
    {
        return Object::Ptr(new Object(Poco::JSON_PRESERVE_KEY_ORDER));
    }

    List::Ptr json_list(std::vector<std::string> const& items)
    {
        List::Ptr list(new List);
        for (auto const& item : items)
            list->add(item);
        return list;
    }

    /// Nothing is set for an empty list: the image decides.
    void set_list(Object& body, std::string const& key, std::vector<std::string> const& items)
    {
        if (!items.empty())
            body.set(key, json_list(items));
    }

    /// K=V as it is; K alone with this process's value, or left out when there is none.
    std::vector<std::string> environment(std::vector<std::string> const& given)
    {
        std::vector<std::string> out;
        for (auto const& entry : given) {
            char const* const value = entry.find('=') == entry.npos ? ::getenv(entry.c_str()) : "";
            if (value)
                out.push_back(entry.find('=') == entry.npos ? entry + "=" + value : entry);
        }
        return out;
    }

    /// "box.example.com" is host box of domain example.com, unless a domain is given.
    void set_host_name(Object& body, Arguments const& arguments)
    {
        auto host = arguments.value("hostname");
        auto domain = arguments.value("domainname");
        auto const dot = host.find('.');
        if (!arguments.has("domainname") && dot != host.npos) {
            domain = host.substr(dot + 1);
            host.erase(dot);
        }
        body.set("Hostname", host);
        body.set("Domainname", domain);
    }

    Result<void> set_limits(Object& body, Arguments const& arguments)
    {
        if (arguments.has("memory"))
            body.set("Memory", static_cast<Poco::Int64>(STAITHE_TRY(parse_size(arguments.value("memory")))));
        if (arguments.has("cpu-shares"))
            body.set("CpuShares", static_cast<Poco::Int64>(STAITHE_TRY(parse_count(arguments.value("cpu-shares")))));
        return {};
    }

    /// A port that is published exists, too.
    Result<void> set_ports(Object& body, Arguments const& arguments)
    {
        auto ports = make_object();
        for (auto const& text : arguments.values("expose"))
            ports->set(STAITHE_TRY(parse_port(text)), make_object());
        for (auto const& text : arguments.values("publish"))
            ports->set(STAITHE_TRY(parse_publication(text)).port, make_object());
        if (ports->size() > 0)
            body.set("ExposedPorts", ports);
        return {};
    }

    /// Where a bind will be is a volume for daemons that ignore other binds.
    Result<void> set_volumes(Object& body, Arguments const& arguments)
    {
        auto volumes = make_object();
        for (auto const& text : arguments.values("volume"))
            volumes->set(STAITHE_TRY(parse_volume(text)).container, make_object());
        if (volumes->size() > 0)
            body.set("Volumes", volumes);
        std::string from;
        for (auto const& name : arguments.values("volumes-from"))
            from += (from.empty() ? "" : ",") + name;
        if (!from.empty())
            body.set("VolumesFrom", from);
        return {};
    }

    Result<void> set_binds(Object& body, Arguments const& arguments)
    {
        std::vector<std::string> binds;
        for (auto const& text : arguments.values("volume")) {
            if (auto const volume = STAITHE_TRY(parse_volume(text)); volume.is_bind())
                binds.push_back(volume.bind());
        }
        set_list(body, "Binds", binds);
        return {};
    }

    Result<void> set_lxc(Object& body, Arguments const& arguments)
    {
        List::Ptr list(new List);
        for (auto const& text : arguments.values("lxc-conf")) {
            auto const pair = STAITHE_TRY(parse_key_value(text));
            auto item = make_object();
            item->set("Key", pair.key);
            item->set("Value", pair.value);
            list->add(item);
        }
        if (list->size() > 0)
            body.set("LxcConf", list);
        return {};
    }

    Result<void> set_bindings(Object& body, Arguments const& arguments)
    {
        auto bindings = make_object();
        for (auto const& text : arguments.values("publish")) {
            auto const publication = STAITHE_TRY(parse_publication(text));
            auto binding = make_object();
            binding->set("HostIp", publication.host_ip);
            binding->set("HostPort", publication.host_port);
            if (!bindings->has(publication.port))
                bindings->set(publication.port, List::Ptr(new List));
            bindings->getArray(publication.port)->add(binding);
        }
        if (bindings->size() > 0)
            body.set("PortBindings", bindings);
        return {};
    }

    Result<void> set_links(Object& body, Arguments const& arguments)
    {
        std::vector<std::string> links;
        for (auto const& text : arguments.values("link"))
            links.push_back(STAITHE_TRY(parse_link(text)));
        set_list(body, "Links", links);
        return {};
    }

    Result<Object::Ptr> config(Arguments const& arguments, Streams streams)
    {
        auto const& operands = arguments.operands;
        bool const input = streams.in || arguments.is_set("interactive");
        auto body = make_object();
        set_host_name(*body, arguments);
        body->set("User", arguments.value("user"));
        STAITHE_TRY(set_limits(*body, arguments));
        body->set("AttachStdin", streams.in);
        body->set("AttachStdout", streams.out);
        body->set("AttachStderr", streams.err);
        STAITHE_TRY(set_ports(*body, arguments));
        body->set("Tty", arguments.is_set("tty"));
        body->set("OpenStdin", input);
        body->set("StdinOnce", streams.in);
        body->set("Env", json_list(environment(arguments.values("env"))));
        set_list(*body, "Cmd", { operands.begin() + 1, operands.end() });
        set_list(*body, "Dns", arguments.values("dns"));
        body->set("Image", operands.front());
        STAITHE_TRY(set_volumes(*body, arguments));
        body->set("WorkingDir", arguments.value("workdir"));
        if (arguments.has("entrypoint"))
            body->set("Entrypoint", json_list({ arguments.value("entrypoint") }));
        if (arguments.has("networking") && !arguments.is_set("networking"))
            body->set("NetworkDisabled", true);
        return body;
    }

    Result<Object::Ptr> host_config(Arguments const& arguments)
    {
        auto body = make_object();
        STAITHE_TRY(set_binds(*body, arguments));
        if (arguments.has("cidfile"))
            body->set("ContainerIDFile", arguments.value("cidfile"));
        STAITHE_TRY(set_lxc(*body, arguments));
        if (arguments.is_set("privileged"))
            body->set("Privileged", true);
        STAITHE_TRY(set_bindings(*body, arguments));
        STAITHE_TRY(set_links(*body, arguments));
        if (arguments.is_set("publish-all"))
            body->set("PublishAllPorts", true);
        return body;
    }

} // namespace

Result<Streams> wanted_streams(Arguments const& arguments)
{
    bool const input = arguments.is_set("interactive");
    if (!arguments.has("attach"))
        return Streams { input, true, true };
    Streams streams;
    for (auto const& name : arguments.values("attach")) {
        bool* const stream = name == "stdin" ? &streams.in
            : name == "stdout"               ? &streams.out
            : name == "stderr"               ? &streams.err
                                             : nullptr;
        if (!stream)
            return Error { STAITHE_INVALID, 0,
                "cannot attach to '" + name + "'\n  the streams are stdin, stdout and stderr: -a stdout -a stderr" };
        *stream = true;
    }
    return streams;
}

Result<std::string> config_body(Arguments const& arguments, Streams streams)
{
    return print_json(STAITHE_TRY(config(arguments, streams)));
}

Result<std::string> host_config_body(Arguments const& arguments)
{
    auto const body = STAITHE_TRY(host_config(arguments));
    return body->size() > 0 ? print_json(body) : std::string();
}

Result<std::string> whole_body(Arguments const& arguments, Streams streams)
{
    auto body = STAITHE_TRY(config(arguments, streams));
    if (auto const host = STAITHE_TRY(host_config(arguments)); host->size() > 0)
        body->set("HostConfig", host);
    return print_json(body);
}

} // namespace staithe::cli::commands
