#include "api/wire/create_request.hpp"

#include "api/wire/config.hpp"
#include "api/wire/host_config.hpp"
#include "api/wire/json_read.hpp"

namespace staithe::wire {

Result<CreateRequest> decode_create(std::string_view body)
{
    auto const json = STAITHE_TRY(parse_json(body));
    CreateRequest request { STAITHE_TRY(read_config(json)), {} };
    if (auto const* host = STAITHE_TRY(find_kind(json, "HostConfig", JsonValue::Kind::Object)))
        request.host_config = STAITHE_TRY(read_host_config(*host));
    return request;
}

std::optional<api::ContainerConfig> decode_commit(std::string_view body)
{
    auto const json = parse_json(body);
    if (!json)
        return {};
    auto config = read_config(json.value());
    return config ? std::optional(std::move(config).value()) : std::nullopt;
}

Result<CacheQuestion> decode_cache_question(std::string_view body)
{
    auto const json = STAITHE_TRY(parse_json(body));
    CacheQuestion question { {}, STAITHE_TRY(read_config(json)) };
    STAITHE_TRY(read(json, "Id", question.parent));
    return question;
}

} // namespace staithe::wire
