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
    std::function<Result<std::string>(api::Progress&)> work; ///< of an import after its body, of insert and verify
    std::vector<api::ImageSummary> summaries;
    api::ImageDetails details;
    std::vector<api::DeletedImage> removed;
    std::vector<api::ImageStep> steps; ///< a history
    std::vector<api::ImageNode> nodes; ///< the graph
    std::vector<api::ImageCheck> checks; ///< what verify finds
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
    Result<std::vector<api::ImageStep>> history(std::string_view name) override
    {
        STAITHE_TRY(note("history " + std::string(name)));
        return steps;
    }
    Result<std::vector<api::ImageNode>> graph() override
    {
        STAITHE_TRY(note("graph"));
        return nodes;
    }
    Result<void> tag(std::string_view name, std::string const& repository, std::string const& tag) override
    {
        return note("tag " + std::string(name) + " " + repository + ":" + tag);
    }
    Result<std::string> insert(std::string_view, std::string_view name, std::string const& url, std::string const& path,
        api::Progress& progress) override
    {
        STAITHE_TRY(note("insert " + url + " at " + path + " of " + std::string(name)));
        return work(progress);
    }
    Result<std::vector<api::ImageCheck>> verify(
        std::string_view, std::string_view name, api::Progress& progress) override
    {
        STAITHE_TRY(note("verify " + std::string(name)));
        if (work)
            STAITHE_TRY(work(progress));
        return checks;
    }
    Result<std::string> cached_child(std::string_view parent, api::ContainerConfig const& with) override
    {
        STAITHE_TRY(note("cached child of " + std::string(parent)));
        config = with;
        return child;
    }
    Result<void> remove_one(std::string_view, std::string_view name) override
    {
        return note("remove one " + std::string(name));
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
