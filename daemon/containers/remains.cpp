#include "daemon/containers/remains.hpp"

#include "daemon/containers/start_plan.hpp"
#include "daemon/os/file.hpp"

namespace staithe::containers {

namespace {

    Result<rpc::keeper::ExitRecord> record_in(Context const& context, std::string const& id)
    {
        auto const directory = STAITHE_TRY(os::open_directory(context.directory_of(id)));
        return drivers::read_unfinished_record(directory.get());
    }

} // namespace

bool has_remains(Context const& context, std::string const& id)
{
    auto const record = record_in(context, id);
    return record || record.error().code != STAITHE_NOT_FOUND;
}

std::optional<rpc::keeper::ExitRecord> unfinished_record(Context const& context, std::string const& id, uint32_t run)
{
    auto const record = record_in(context, id);
    return record && record.value().run == run ? std::optional(record.value()) : std::nullopt;
}

Result<void> free_remains(Context& context, store::ContainerRecord const& record)
{
    auto execution = STAITHE_TRY(context.catalog.execution(record.execution_driver));
    auto const like = start_message(record, execution, context.options.log);
    STAITHE_TRY(context.keepers->destroy({ "cleanup" }, record.id, like, std::move(execution.file)));
    if (auto const directory = os::open_directory(context.directory_of(record.id)))
        drivers::finish_record(directory.value().get(), record.run);
    return {};
}

} // namespace staithe::containers
