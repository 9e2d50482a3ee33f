// What the API can do with images. Implemented by daemon/images; every function is thread-safe.
//
// A name is "repo", "repo:tag", an id or a unique prefix. Unknown: NOT_FOUND, "No such image: NAME".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/stream.hpp>

#include "api/services/image.hpp"

namespace staithe::api {

/// Told how long work goes on; from the working thread. A client that has gone makes cancelled() true.
class Progress {
public:
    virtual ~Progress() = default;
    virtual void status(std::string_view text) = 0;
    /// "Importing", bytes so far, bytes in all (0: unknown); called often, the receiver thins out.
    virtual void advance(std::string_view action, uint64_t current, uint64_t total) = 0;
    /// One transfer has ended.
    virtual void finished() = 0;
    virtual bool cancelled() = 0;
};

class ImageService {
public:
    virtual ~ImageService() = default;
    virtual Result<std::vector<ImageSummary>> list(ImageFilter const&) = 0;
    virtual Result<ImageDetails> inspect(std::string_view name) = 0;
    /// Returns the new image's id. The image appears whole or not at all.
    virtual Result<std::string> import(std::string_view request_id, ImportRequest const&, Source& body, Progress&) = 0;
    /// From the image down to its root.
    virtual Result<std::vector<ImageStep>> history(std::string_view name) = 0;
    /// Every image, newest first.
    virtual Result<std::vector<ImageNode>> graph() = 0;
    /// The tag leads to this image from now on, whatever it led to before. tag empty: latest. INVALID: "Repository name
    /// can't be empty", "Illegal tag name: T".
    virtual Result<void> tag(std::string_view name, std::string const& repository, std::string const& tag) = 0;
    /// A child of the image with one file more: what a URL gives, at `path`, its missing parents made (0755, the file
    /// 0644, root's). EXISTS: "PATH exists". The child has no run config, and no tag.
    virtual Result<std::string> insert(std::string_view request_id, std::string_view name, std::string const& url,
        std::string const& path, Progress&) = 0;
    /// Reads every layer of the images again and compares with what was recorded; name empty: of all images.
    virtual Result<std::vector<ImageCheck>> verify(std::string_view request_id, std::string_view name, Progress&) = 0;
    /// A child of the image whose container_config equals this one in what a build compares; empty: none.
    virtual Result<std::string> cached_child(std::string_view parent, ContainerConfig const&) = 0;
    /// Exactly this image (API below 1.2): its tags go with it. An image that has children or that a container uses is
    /// CONFLICT.
    virtual Result<void> remove_one(std::string_view request_id, std::string_view name) = 0;
    /// Removes tags and what then nothing refers to; an image that a container uses is CONFLICT. Nothing to remove:
    /// CONFLICT "Conflict, NAME wasn't deleted".
    virtual Result<std::vector<DeletedImage>> remove(std::string_view request_id, std::string_view name) = 0;
};

} // namespace staithe::api
