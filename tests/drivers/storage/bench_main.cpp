// SPDX-License-Identifier: Apache-2.0
//
// How fast storage drivers are, as ratios to tar(1) in the same run, on a tmpfs:
//     drivers-storage-bench [ROOT_FILE_SYSTEM]
// With 50,000 small files, and with a root file system where one is named. Each number is the best of three.
#include <chrono>
#include <cstdio>
#include <functional>

#include "tests/drivers/storage/harness.hpp"

using namespace staithe;
using namespace staithe::test;

namespace {

constexpr int rounds = 3;

double milliseconds(std::function<void()> const& deed)
{
    auto const start = std::chrono::steady_clock::now();
    deed();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double best(std::function<double()> const& measure)
{
    double least = measure();
    for (int i = 1; i < rounds; ++i)
        least = std::min(least, measure());
    return least;
}

void shell(std::string const& script)
{
    if (std::system(script.c_str()) != 0)
        throw std::runtime_error("failed: " + script);
}

double shell_time(std::string const& script)
{
    return milliseconds([&] { shell(script); });
}

void must(Result<void> const& result)
{
    if (!result)
        throw std::runtime_error(result.error().message);
}

class CountingSink final : public Sink {
public:
    Result<void> write(void const* from, size_t size) override
    {
        bytes += size;
        return ::write(m_null.get(), from, size) < 0 ? errno_error("write") : Result<void> {};
    }
    size_t bytes = 0;

private:
    UniqueFd m_null { ::open("/dev/null", O_WRONLY | O_CLOEXEC) };
};

class Bench {
public:
    Bench(std::string name, std::string tar)
        : m_tar(std::move(tar))
        , m_state(scratch_root() + "/" + name)
        , m_driver(name, m_state)
    {
    }
    ~Bench()
    {
        m_driver.close();
        shell("rm -rf " + m_state);
    }

    double apply(unsigned id, std::string const& parent)
    {
        must(m_driver.create(id_of(id), parent));
        UniqueFd const fd(::open(m_tar.c_str(), O_RDONLY | O_CLOEXEC));
        StringSource end("");
        return milliseconds([&] {
            auto const applied = m_driver.apply(id_of(id), end, fd.get());
            must(applied ? Result<void> {} : applied.error());
        });
    }
    double apply_again_and_again(std::string const& parent)
    {
        return best([&] {
            auto const time = apply(++m_next, parent);
            must(m_driver.remove(id_of(m_next)));
            return time;
        });
    }
    double write(std::string const& id, size_t& bytes)
    {
        return best([&] {
            CountingSink sink;
            auto const time = milliseconds([&] { must(m_driver.diff_to(id, {}, sink)); });
            bytes = sink.bytes;
            return time;
        });
    }
    double pack(std::string const& id)
    {
        auto const mounted = m_driver.mount(id, false);
        must(mounted ? Result<void> {} : mounted.error());
        int const root = mounted.value().get();
        return best([&] {
            CountingSink sink;
            return milliseconds([&] { must(m_driver.pack_to(root, "/", ".", sink)); });
        });
    }
    double mount(std::string const& id)
    {
        return best([&] { return milliseconds([&] { must(m_driver.mount(id, true) ? Result<void> {} : Error {}); }); });
    }
    Driver& driver() { return m_driver; }

private:
    std::string m_tar, m_state;
    Driver m_driver;
    unsigned m_next = 1000;
};

void report(char const* what, double ours, double tars)
{
    std::printf("  %-22s %8.1f ms   %.2f x tar\n", what, ours, ours / tars);
}

void measure(std::string const& name, std::string const& tree)
{
    auto const tar = scratch_root() + "/bench.tar", out = scratch_root() + "/out";
    shell("tar cf " + tar + " -C " + tree + " .");
    auto const reading = best([&] { return shell_time("tar cf - -C " + tree + " . | cat > /dev/null"); });
    auto const unpacking = best([&] {
        shell("rm -rf " + out + " && mkdir " + out);
        return shell_time("tar xf " + tar + " -C " + out);
    });
    shell("rm -rf " + out);
    Bench bench(name, tar);
    bench.apply(1, {});
    size_t bytes = 0;
    std::printf("%s, %s\n", name.c_str(), tree.c_str());
    report("apply", bench.apply_again_and_again({}), unpacking);
    report("apply on itself", bench.apply_again_and_again(id_of(1)), unpacking);
    auto const written = bench.write(id_of(1), bytes);
    report("diff to nothing", written, reading);
    std::printf("  %-22s %8.0f MB/s\n", "", static_cast<double>(bytes) / written / 1000);
    report("export", bench.pack(id_of(1)), reading);
    must(bench.driver().create(id_of(2), id_of(1), true));
    std::printf("  %-22s %8.3f ms\n", "mount", bench.mount(id_of(2)));
}

} // namespace

int main(int count, char** arguments)
try {
    auto const small = scratch_root() + "/small";
    shell("mount -o remount,size=80% " + scratch_root() + " && mkdir " + small + " && cd " + small
        + " && for d in $(seq 500); do mkdir $d; for f in $(seq 100); do echo $d$f > $d/$f; done; done");
    for (char const* name : { "overlay", "vfs" }) {
        measure(name, small);
        if (count > 1)
            measure(name, arguments[1]);
    }
    remove_scratch_root();
    return 0;
} catch (std::exception const& e) {
    std::fprintf(stderr, "%s\n", e.what());
    remove_scratch_root();
    return 1;
}
