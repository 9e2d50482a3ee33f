// SystemService and DriverService that answer what a test has set.
#pragma once

#include <vector>

#include "api/services/system_service.hpp"

namespace staithe::doubles {

class FakeSystem final : public api::SystemService {
public:
    Result<api::SystemInfo> facts { api::SystemInfo {} };
    api::SystemVersion program { "0.1.0", "abc", "g++ 12" };

    Result<api::SystemInfo> info() override { return facts; }
    api::SystemVersion version() override { return program; }
};

class FakeDrivers final : public api::DriverService {
public:
    Result<std::vector<api::DriverInfo>> list { std::vector<api::DriverInfo> {} };

    Result<std::vector<api::DriverInfo>> drivers(std::string_view) override { return list; }
};

} // namespace staithe::doubles
