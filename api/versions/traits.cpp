#include "api/versions/traits.hpp"

#include <algorithm>

namespace staithe::versions {

namespace {

    constexpr TraitRow rows[] = {
        { Trait::RawProgress, oldest, { 1, 0 }, "POST /images/create, POST /images/{name}/insert",
            "progress is raw text (`TEXT\\r\\n`, `ACTION PROGRESS\\r`, `Error: TEXT\\r\\n`) instead of JSON objects" },
        { Trait::InsertedId, { 1, 1 }, newest, "POST /images/{name}/insert",
            "after the last message comes {\"Id\": 12 digits of the new image}" },
        { Trait::PlainImageDelete, oldest, { 1, 1 }, "DELETE /images/{name}",
            "exactly this image goes, its tags with it, and the answer is 204; later tags go first, then what nothing "
            "refers to any more, and the answer is 200 with the list of both" },
        { Trait::SizesUnasked, { 1, 2 }, { 1, 2 }, "GET /containers/json", "sizes are computed without `size=1`" },
        { Trait::PublishedPortSpecs, oldest, { 1, 5 }, "POST /containers/create",
            "PortSpecs are published at start; later they only expose, and PortBindings of start publish" },
        { Trait::ProcessList, { 1, 3 }, { 1, 3 }, "GET /containers/{name}/top",
            "a list of {PID, Tty, Time, Cmd}, null when there is no process; `ps_args` is ignored" },
        { Trait::ProcessTable, { 1, 4 }, newest, "GET /containers/{name}/top",
            "{Titles, Processes}, as `ps_args` asks; before 1.3 there is no such path (404)" },
        { Trait::CacheQuestion, oldest, { 1, 4 }, "POST /images/getCache",
            "a Config and an image's Id: the Id of its child that was built so, or 404; later there is no such path" },
        { Trait::FramedAttach, { 1, 6 }, newest, "POST /containers/{name}/attach",
            "without a tty, output comes in frames: stream, three zero bytes, length (big-endian), payload" },
    };

} // namespace

std::span<TraitRow const> trait_rows()
{
    return rows;
}

bool has(Trait trait, ApiVersion version)
{
    return std::any_of(std::begin(rows), std::end(rows),
        [&](TraitRow const& row) { return row.trait == trait && row.since <= version && version <= row.until; });
}

} // namespace staithe::versions
