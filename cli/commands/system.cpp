// staithe inspect, info, version, drivers.
#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/json.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"

namespace staithe::cli::commands {

namespace {

    /// A container, else an image of that name.
    Result<Json> inspect_one(Client const& client, std::string const& name)
    {
        auto found = client.get("/containers/" + path_segment(name) + "/json");
        if (!found && found.error().code == STAITHE_NOT_FOUND)
            found = client.get("/images/" + path_segment(name) + "/json");
        if (!found && found.error().code == STAITHE_NOT_FOUND)
            return Error { STAITHE_NOT_FOUND, 0,
                "there is no container or image '" + name + "'\n  see: staithe ps -a, staithe images" };
        return Json(STAITHE_TRY(parse_object(found)));
    }

    /// "Key: value" lines with the values below each other; lists and objects on one line as JSON.
    std::string key_lines(Poco::JSON::Object::Ptr const& object)
    {
        auto const names = object->getNames();
        size_t width = 0;
        for (auto const& name : names)
            width = std::max(width, columns(name));
        std::string text;
        for (auto const& name : names) {
            auto const value = object->get(name);
            bool const is_text = !value.isEmpty() && value.isString();
            text += printable(name) + ":" + std::string(width - columns(name) + 1, ' ')
                + printable(is_text ? value.convert<std::string>() : print_json(value)) + "\n";
        }
        return text;
    }

} // namespace

Result<int> inspect(Context& context)
{
    Poco::JSON::Array::Ptr all(new Poco::JSON::Array);
    int code = 0;
    for (auto const& name : context.arguments.operands) {
        auto const one = inspect_one(context.client, name);
        if (one) {
            all->add(one.value());
            continue;
        }
        print_error(one.error().message);
        code = exit_failure;
    }
    STAITHE_TRY(print(print_json(all, 4) + "\n"));
    return code;
}

Result<int> info(Context& context)
{
    bool const json = STAITHE_TRY(wants_json(context.arguments));
    auto const answer = STAITHE_TRY(parse_object(context.client.get("/info")));
    STAITHE_TRY(print(json ? print_json(answer) + "\n" : key_lines(answer)));
    return 0;
}

Result<int> version(Context& context)
{
    bool const json = STAITHE_TRY(wants_json(context.arguments));
    auto const answer = context.client.get("/version");
    if (!json)
        STAITHE_TRY(print("Client: " STAITHE_VERSION " (API 1.6)\n"));
    auto const daemon = STAITHE_TRY(parse_object(answer));
    if (json) {
        Poco::JSON::Object::Ptr both(new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER));
        Poco::JSON::Object::Ptr client(new Poco::JSON::Object);
        client->set("Version", std::string(STAITHE_VERSION));
        both->set("Client", client);
        both->set("Daemon", daemon);
        STAITHE_TRY(print(print_json(both) + "\n"));
        return 0;
    }
    STAITHE_TRY(print("Daemon: " + printable(text_of(daemon, "Version")) + "\n"));
    for (auto const* key : { "GitCommit", "GoVersion" }) {
        if (auto const value = text_of(daemon, key); !value.empty())
            STAITHE_TRY(print("  " + std::string(key) + ": " + printable(value) + "\n"));
    }
    return 0;
}

Result<int> drivers(Context& context)
{
    bool const json = STAITHE_TRY(wants_json(context.arguments));
    auto const list = STAITHE_TRY(parse_list(context.client.get("/staithe/v1/drivers")));
    if (json) {
        STAITHE_TRY(print(print_json(list) + "\n"));
        return 0;
    }
    Table table({ "KIND", "NAME", "VERSION", "STATE", "SUMMARY" });
    std::string reasons;
    for (size_t i = 0; i < list->size(); ++i) {
        auto const driver = element(list, i);
        auto const name = text_of(driver, "Name"), reason = text_of(driver, "Reason");
        table.add({ text_of(driver, "Kind"), name + (flag_of(driver, "Default") ? " *" : ""),
            text_of(driver, "Version"), text_of(driver, "State"), text_of(driver, "Summary") });
        if (!reason.empty())
            reasons += printable(text_of(driver, "Kind")) + "-" + printable(name) + ": " + printable(reason) + "\n";
    }
    STAITHE_TRY(print(table.text() + (reasons.empty() ? "" : "\n" + reasons)));
    return 0;
}

} // namespace staithe::cli::commands
