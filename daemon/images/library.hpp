// The images of this daemon: the api's ImageService, and what the containers' room needs to know of images.
#pragma once

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
        /// Told of what happened to an image: "untag", "delete". May be empty.
        std::function<void(std::string_view status, std::string const& id)> on_event {};
    };

    Library(Needs, std::vector<store::ImageRecord>, std::vector<store::TagRecord> const&);

    Result<std::vector<api::ImageSummary>> list(api::ImageFilter const&) override EXCLUDES(m_mutex);
    Result<api::ImageDetails> inspect(std::string_view name) override EXCLUDES(m_mutex);
    Result<std::string> import(std::string_view request_id, api::ImportRequest const&, Source& body,
        api::Progress&) override EXCLUDES(m_mutex);
    Result<std::string> cached_child(std::string_view parent, api::ContainerConfig const&) override EXCLUDES(m_mutex);
    Result<std::vector<api::DeletedImage>> remove(std::string_view request_id, std::string_view name) override
        EXCLUDES(m_mutex);

    /// Whom to ask who uses an image; called under this object's lock, so it must not call back. Set once, at start.
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
    struct Arrival;
    Result<uint64_t> unpack(drivers::Call const&, Arrival const&, Source&);
    Result<uint64_t> download(drivers::Call const&, Arrival const&, std::string url, api::Progress&);
    Result<void> enter(Arrival const&, uint64_t size) EXCLUDES(m_mutex);
    void erase(Deletion const&) REQUIRES(m_mutex);

    Needs m_needs;
    Mutex m_mutex;
    Index m_index GUARDED_BY(m_mutex);
    std::map<std::string, int> m_pins GUARDED_BY(m_mutex);
    UserOf m_user_of GUARDED_BY(m_mutex);
};

} // namespace staithe::images
