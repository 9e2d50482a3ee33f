// staithe verify.
#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/session.hpp"
#include "cli/work_messages.hpp"

namespace staithe::cli::commands {

namespace {

    using ObjectPtr = Poco::JSON::Object::Ptr;

    constexpr int exit_damaged = 1;

    std::string line_of(ObjectPtr const& check)
    {
        bool const good = flag_of(check, "Good");
        auto line = std::string(good ? "good   " : "bad    ") + text_of(check, "Id").substr(0, 12);
        if (auto const tags = comma_list(texts_of(check, "Tags")); !tags.empty())
            line += "   " + tags;
        if (!good)
            line += "   " + text_of(check, "Problem");
        return printable(line) + "\n";
    }

    /// Asks for the images of one name, or, with an empty one, for all; calls `tell` for each.
    Result<void> check(Client const& client, std::string const& name, WorkMessages::Receiver const& tell)
    {
        ProgressLine line("Verifying");
        size_t told = 0;
        WorkMessages answer(line, [&](ObjectPtr const& found) {
            line.show("");
            ++told;
            return tell(found);
        });
        auto const path = "/staithe/v1/images/verify" + (name.empty() ? std::string() : query({ { "name", name } }));
        auto done = client.get_stream(path, [&](std::string_view bytes) { return answer.feed(bytes); });
        if (!done)
            return explain_image(std::move(done.error()));
        STAITHE_TRY(answer.finish());
        if (told == 0 && !name.empty())
            return Error { STAITHE_CORRUPT, 0, "the daemon did not say whether image '" + name + "' is good" };
        return {};
    }

} // namespace

Result<int> verify(Context& context)
{
    bool const json = STAITHE_TRY(wants_json(context.arguments));
    Poco::JSON::Array::Ptr all(new Poco::JSON::Array);
    int code = 0;
    auto const tell = [&](ObjectPtr const& found) -> Result<void> {
        if (!flag_of(found, "Good"))
            code = std::max(code, exit_damaged);
        all->add(found);
        return json ? Result<void>() : print(line_of(found));
    };
    auto const names = context.arguments.operands;
    if (names.empty())
        STAITHE_TRY(check(context.client, {}, tell));
    for (auto const& name : names) {
        auto const done =
            name.empty() ? Error { STAITHE_INVALID, 0, "an empty name was given" } : check(context.client, name, tell);
        if (done)
            continue;
        print_error(done.error().message);
        code = exit_failure;
    }
    if (json)
        STAITHE_TRY(print(print_json(all) + "\n"));
    return code;
}

} // namespace staithe::cli::commands
