// The images of this daemon: the api's ImageService, and what the containers' room needs to know of images.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/mutex.hpp>

#include "api/services/image_service.hpp"
#include "daemon/drivers/catalog.hpp"
#include "daemon/images/deletion.hpp"
#include "daemon/images/index.hpp"
#include "daemon/layers/digests.hpp"
#include "daemon/layers/layers.hpp"
#include "daemon/os/log.hpp"
#include "daemon/store/store.hpp"

namespace staithe::images {

class Library final : public api::ImageService {
public:
    struct Needs {
        store::Store& store;
        layers::Layers& layers;
        drivers::Catalog& catalog;
        os::Log& log;
        std::string daemon_version;
        std::string spool_dir; ///< where a download lies while its size is found out, in a file without a name
        /// Told of what happened to an image: "untag", "delete". May be empty.
        std::function<void(std::string_view status, std::string const& id)> on_event {};
        std::chrono::milliseconds digest_delay = layers::Digests::usual_delay;
    };
    /// What the store has of images.
    struct Known {
        std::vector<store::ImageRecord> images;
        std::vector<store::TagRecord> tags;
        std::vector<store::LayerRecord> layers; ///< also others than images'
    };

    Library(Needs, Known);

    Result<std::vector<api::ImageSummary>> list(api::ImageFilter const&) override EXCLUDES(m_mutex);
    Result<api::ImageDetails> inspect(std::string_view name) override EXCLUDES(m_mutex);
    Result<std::vector<api::ImageStep>> history(std::string_view name) override EXCLUDES(m_mutex);
    Result<std::vector<api::ImageNode>> graph() override EXCLUDES(m_mutex);
    Result<std::string> cached_child(std::string_view parent, api::ContainerConfig const&) override EXCLUDES(m_mutex);
    Result<std::string> import(std::string_view request_id, api::ImportRequest const&, Source& body,
        api::Progress&) override EXCLUDES(m_mutex);
    Result<std::string> insert(std::string_view request_id, std::string_view name, std::string const& url,
        std::string const& path, api::Progress&) override EXCLUDES(m_mutex);
    Result<void> tag(std::string_view name, std::string const& repository, std::string const& tag) override
        EXCLUDES(m_mutex);
    Result<std::vector<api::ImageCheck>> verify(
        std::string_view request_id, std::string_view name, api::Progress&) override EXCLUDES(m_mutex);
    Result<void> remove_one(std::string_view request_id, std::string_view name) override EXCLUDES(m_mutex);
    Result<std::vector<api::DeletedImage>> remove(std::string_view request_id, std::string_view name) override
        EXCLUDES(m_mutex);

    /// What a writable layer holds on top of an image's.
    struct Changes {
        std::string layer;
        std::string image; ///< id
        api::ContainerConfig config; ///< under which they came about
    };
    /// Makes them an image of their own, whole or not at all: its id. The layer stays as it is; the caller sees to it
    /// that nobody removes it meanwhile. NOT_FOUND: the layer, or the image, is missing.
    Result<std::string> commit(std::string_view request_id, api::CommitRequest const&, Changes const&)
        EXCLUDES(m_mutex);

    /// Whom to ask who uses an image: a container's name, empty for nobody. Called under this object's lock, so it must
    /// not call back. Set once, at start.
    void set_users(UserOf) EXCLUDES(m_mutex);

    /// An image that is not deleted while the pin lives; image null: unknown.
    struct Pinned {
        Image image;
        std::shared_ptr<void> pin;
    };
    Pinned pin(std::string_view name) EXCLUDES(m_mutex);
    std::string display_name(std::string const& id) EXCLUDES(m_mutex);
    /// Bytes of an image with all its parents; 0: unknown.
    int64_t size(std::string const& id) EXCLUDES(m_mutex);
    size_t count() EXCLUDES(m_mutex);

private:
    /// An image in the making.
    struct Draft {
        store::ImageRecord image;
        store::LayerRecord layer;
        store::TagRecord tag; ///< repository empty: none
    };
    Draft draft(Image const& parent) const;
    Result<uint64_t> unpack(drivers::Call const&, Draft const&, Source&);
    Result<uint64_t> download(drivers::Call const&, Draft const&, std::string const& url, api::Progress&);
    Result<std::string> enter(drivers::Call const&, Draft, uint64_t size) EXCLUDES(m_mutex);
    Result<void> write_rows(Draft const&) EXCLUDES(m_mutex);

    /// Of the lowest layer that is not good; remembers what it found by layer.
    Result<std::string> problem_of(std::string_view request_id, store::ImageRecord const&,
        std::map<std::string, std::string>& problems, api::Progress&);

    Result<Image> find(std::string_view name) EXCLUDES(m_mutex);
    Result<Pinned> pinned(std::string_view name) EXCLUDES(m_mutex);
    std::vector<std::string> ids() EXCLUDES(m_mutex);
    std::vector<std::string> tag_names(std::string const& id) EXCLUDES(m_mutex);
    /// Plans under the lock, writes, and frees the bytes.
    Result<Deletion> take_away(std::string_view request_id, std::string_view name,
        std::function<Result<Deletion>(Index const&, UserOf const&)> const& plan) EXCLUDES(m_mutex);
    std::string user_of(std::string const& id) REQUIRES(m_mutex);
    void erase(Deletion const&) REQUIRES(m_mutex);

    Needs m_needs;
    layers::Digests m_digests;
    Mutex m_mutex;
    Index m_index GUARDED_BY(m_mutex);
    std::map<std::string, int> m_pins GUARDED_BY(m_mutex);
    UserOf m_user_of GUARDED_BY(m_mutex);
};

/// "No such image: NAME".
Error no_such_image(std::string_view name);

} // namespace staithe::images
