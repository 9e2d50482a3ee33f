// What encoding and decoding cost, without HTTP. One line per operation: microseconds each, and bytes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "api/versions/resources.hpp"
#include "api/wire/container_summary.hpp"
#include "api/wire/create_request.hpp"

using namespace staithe;

namespace {

constexpr int64_t now = 1'384'000'100'000'000'000;

std::vector<api::ContainerSummary> summaries(size_t count)
{
    api::ContainerSummary one { .id = std::string(64, 'c'),
        .image = "busybox:latest",
        .command = "sh -c while true; do date; sleep 1; done",
        .created_ns = now - 5'000'000'000,
        .state = { .running = true, .pid = 4711, .started_ns = now - 3'000'000'000 },
        .names = { "/kind_nightingale" },
        .ports = {},
        .size_rw = 0,
        .size_root = 0 };
    return { count, one };
}

constexpr std::string_view create_body =
    R"({"Hostname":"","User":"","Memory":0,"MemorySwap":0,"AttachStdin":false,"AttachStdout":true,)"
    R"("AttachStderr":true,"PortSpecs":null,"ExposedPorts":{},"Tty":false,"OpenStdin":false,"StdinOnce":false,)"
    R"("Env":["A=1","PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["sh","-c","echo hi"],)"
    R"("Dns":null,"Image":"busybox","Volumes":{},"VolumesFrom":"","WorkingDir":"","Entrypoint":null})";

/// The best of several rounds: what the code costs, not what else the machine did.
template <class F> void measure(char const* name, F run)
{
    using Clock = std::chrono::steady_clock;
    constexpr int rounds = 15, times = 200;
    double best = 1e300;
    size_t bytes = 0;
    for (int round = 0; round < rounds; ++round) {
        auto const start = Clock::now();
        for (int i = 0; i < times; ++i)
            bytes = run();
        std::chrono::duration<double, std::micro> const spent = Clock::now() - start;
        best = std::min(best, spent.count() / times);
    }
    std::printf("%-44s %9.2f us %9zu bytes\n", name, best, bytes);
}

} // namespace

int main()
{
    auto const hundred = summaries(100), thousand = summaries(1000);
    api::ContainerDetails details;
    details.id = details.image_id = std::string(64, 'c');
    details.config = wire::decode_create(create_body).value().config;

    for (auto const version : { versions::oldest, versions::newest }) {
        auto const name = "list of 100 containers at " + version.to_string();
        measure(name.c_str(),
            [&] { return wire::encode_container_list(hundred, versions::container_summary(version), now).size(); });
    }
    measure("list of 1000 containers", [&] {
        return wire::encode_container_list(thousand, versions::container_summary(versions::newest), now).size();
    });
    measure("inspect of a container",
        [&] { return wire::encode_container(details, versions::container_details(versions::newest)).size(); });
    measure("decoding the body of a create",
        [&] { return wire::decode_create(create_body).value().config.command->size() * 0 + create_body.size(); });
    return 0;
}
