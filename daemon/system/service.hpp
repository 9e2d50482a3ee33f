// The api's SystemService and DriverService: facts about the daemon, its host and its drivers.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "api/services/system_service.hpp"
#include "daemon/drivers/catalog.hpp"

namespace staithe::system {

struct Facts {
    api::SystemVersion version;
    std::string execution_driver, storage_driver, root_dir;
    std::function<bool()> debug; ///< may change while the daemon runs
    std::function<size_t()> containers, images, event_listeners; ///< how many there are now
};

class Service final : public api::SystemService, public api::DriverService {
public:
    Service(Facts facts, drivers::Catalog& catalog)
        : m_facts(std::move(facts))
        , m_catalog(catalog)
    {
    }

    Result<api::SystemInfo> info() override;
    api::SystemVersion version() override { return m_facts.version; }
    Result<std::vector<api::DriverInfo>> drivers(std::string_view request_id) override;

private:
    Facts m_facts;
    drivers::Catalog& m_catalog;
};

} // namespace staithe::system
