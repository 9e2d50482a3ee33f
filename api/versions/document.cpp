#include "api/versions/document.hpp"

#include "api/versions/resources.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/config.hpp"
#include "api/wire/container_summary.hpp"
#include "api/wire/event.hpp"
#include "api/wire/progress.hpp"
#include "api/wire/replies.hpp"
#include "api/wire/system.hpp"

namespace staithe::versions {

namespace {

    constexpr std::string_view introduction = R"(# The Docker Remote API, 1.0 to 1.6

This page is generated from the tables in `api/versions` by `staithe-api-versions`; do not edit it. A path may
begin with `/v1.0` … `/v1.6`; without a prefix it means 1.6. Every route exists at every version but for the few named
below. Requests are understood in all forms of all versions: every key of Config and HostConfig is accepted, keys are
matched without regard to case, unknown keys are ignored and `null` leaves the default; a HostConfig inside the body of
a create, as newer clients send it, is kept for the start. Booleans in a query are `1 t T true` (any case) or
`0 f F false` (any case) or empty; the signal of a kill is a number or a bare name such as `TERM`. What follows is how
the answers differ.

An error is a status, `text/plain; charset=utf-8`, and one line of text. A JSON body that is malformed, holds a key
twice, NUL, a number that does not fit, or anything after its first value is refused with 400; a missing one, where one
is needed, is `500 EOF` as it always was. Inspecting a name that means both a container and an image is refused with
409. Routes below `/staithe/v1` are our own and are described in `extensions.md`.

)";

    std::string span_of(ApiVersion since, ApiVersion until)
    {
        if (since == until)
            return since.to_string();
        return until == newest ? since.to_string() + " and later" : since.to_string() + " – " + until.to_string();
    }

    std::string cell(std::string_view text)
    {
        return text.empty() ? std::string() : " (" + std::string(text) + ")";
    }

    template <class T> void add_table(std::string& out, std::string_view title, wire::Fields<T> fields, FieldRows rows)
    {
        out.append("\n## ").append(title).append("\n\n| key | type | versions |\n|---|---|---|\n");
        for (auto const& field : fields) {
            ApiVersion since = oldest, until = newest;
            for (auto const& row : rows)
                if (row.key == field.key && row.form == field.form)
                    since = row.since, until = row.until;
            auto const versions = since == oldest && until == newest ? "all" : span_of(since, until);
            out.append("| `").append(field.key).append("`").append(cell(field.form)).append(" | ");
            out.append(field.type).append(" | ").append(versions).append(" |\n");
        }
    }

    void add_traits(std::string& out)
    {
        out += "## Behaviour\n\n| versions | where | what |\n|---|---|---|\n";
        for (auto const& row : trait_rows()) {
            out.append("| ").append(span_of(row.since, row.until)).append(" | `").append(row.where).append("` | ");
            out.append(row.what).append(" |\n");
        }
    }

} // namespace

std::string render_document()
{
    std::string out(introduction);
    add_traits(out);
    add_table(out, "Config", wire::config_fields(), config_rows());
    add_table(out, "`POST /containers/create`", wire::created_fields(), created_rows());
    add_table(out, "`GET /containers/json`, `GET /containers/ps`", wire::container_summary_fields(),
        container_summary_rows());
    add_table(out, "`GET /containers/{name}/json`", wire::container_details_fields(), container_details_rows());
    add_table(out, "State", wire::container_state_fields(), container_state_rows());
    add_table(out, "NetworkSettings", wire::network_settings_fields(), network_settings_rows());
    add_table(out, "`GET /events`", wire::event_fields(), event_rows());
    add_table(out, "`GET /images/json`", wire::image_summary_fields(), image_summary_rows());
    add_table(out, "`GET /images/{name}/json`", wire::image_details_fields(), image_details_rows());
    add_table(out, "`GET /images/{name}/history`", wire::image_step_fields(), image_step_rows());
    add_table(out, "Progress objects", wire::progress_fields(), progress_rows());
    add_table(out, "`GET /info`", wire::info_fields(), info_rows());
    add_table(out, "`GET /version`", wire::version_fields(), {});
    return out;
}

} // namespace staithe::versions
