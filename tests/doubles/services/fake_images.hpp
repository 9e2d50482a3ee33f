// An ImageService that records what it is asked and answers what a test has set.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/services/image_service.hpp"

namespace staithe::doubles {

class FakeImages final : public api::ImageService {
public:
    std::vector<std::string> calls;
    std::optional<Error> error; ///< what every function fails with
    bool is_empty = false; ///< inspect finds nothing
    api::ImageFilter filter; ///< of the last list
    api::ImportRequest request; ///< of the last import
    std::string body; ///< what the last import read
    std::function<Result<std::string>(api::Progress&)> work; ///< what an import does after it has read the body
    std::vector<api::ImageSummary> summaries;
    api::ImageDetails details;
    std::vector<api::DeletedImage> removed;
    std::string child; ///< what a build's cache has
    api::ContainerConfig config; ///< of the last question for it

    Result<std::vector<api::ImageSummary>> list(api::ImageFilter const& with) override
    {
        STAITHE_TRY(note("list"));
        filter = with;
        return summaries;
    }
    Result<api::ImageDetails> inspect(std::string_view name) override
    {
        STAITHE_TRY(note("inspect " + std::string(name)));
        if (is_empty)
            return Error { STAITHE_NOT_FOUND, 0, "No such image: " + std::string(name) };
        return details;
    }
    Result<std::string> import(
        std::string_view, api::ImportRequest const& with, Source& source, api::Progress& progress) override
    {
        STAITHE_TRY(note("import " + with.source));
        request = with;
        char buffer[64];
        while (size_t const size = STAITHE_TRY(source.read(buffer, sizeof buffer)))
            body.append(buffer, size);
        return work(progress);
    }
    Result<std::string> cached_child(std::string_view parent, api::ContainerConfig const& with) override
    {
        STAITHE_TRY(note("cached child of " + std::string(parent)));
        config = with;
        return child;
    }
    Result<std::vector<api::DeletedImage>> remove(std::string_view, std::string_view name) override
    {
        STAITHE_TRY(note("remove " + std::string(name)));
        return removed;
    }

private:
    Result<void> note(std::string call)
    {
        calls.push_back(std::move(call));
        if (error)
            return *error;
        return {};
    }
};

} // namespace staithe::doubles
