// A private installation of test drivers: a directory of drivers, state and run directories, and a catalog over them.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "daemon/drivers/catalog.hpp"

namespace staithe::drivers::test {

inline std::string const layer_a(64, 'a'), layer_b(64, 'b');

class Installation {
public:
    Installation()
    {
        char const* base = ::getenv("TMPDIR");
        std::string pattern = std::string(base ? base : "/tmp") + "/staithe-drivers-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(pattern.data()));
        root = pattern;
        options.directory = root + "/drivers";
        options.host_program = HOST_PROGRAM;
        options.state_dir = root + "/state";
        options.run_dir = root + "/run";
        options.allow_untrusted = true;
        options.log = [this](int32_t, std::string_view line) {
            std::lock_guard const lock(m_mutex);
            m_log.append(line).append("\n");
        };
        std::filesystem::create_directory(options.directory);
    }
    ~Installation()
    {
        catalog.reset();
        std::filesystem::remove_all(root);
    }

    void install(std::string const& stem)
    {
        for (char const* suffix : { ".so", ".driver" })
            std::filesystem::copy_file(std::string(DOUBLES) + "/" + stem + suffix, path(stem + suffix),
                std::filesystem::copy_options::overwrite_existing);
    }
    std::string path(std::string const& file) const { return options.directory + "/" + file; }
    void write(std::string const& file, std::string const& content) const
    {
        std::ofstream(path(file), std::ios::binary | std::ios::trunc) << content;
        std::filesystem::permissions(path(file), std::filesystem::perms(0644));
    }
    std::string read(std::string const& file) const
    {
        std::ostringstream out;
        out << std::ifstream(path(file), std::ios::binary).rdbuf();
        return out.str();
    }
    void set(std::string const& driver, std::string const& key, std::string const& value)
    {
        options.options[driver].emplace_back(key, value);
    }
    Catalog& open()
    {
        auto made = Catalog::create(options);
        BOOST_REQUIRE(made);
        catalog = std::move(made).value();
        return *catalog;
    }
    std::shared_ptr<StorageDriver> storage(std::string_view name = "double")
    {
        if (!catalog)
            open();
        auto driver = catalog->storage(name);
        BOOST_REQUIRE_MESSAGE(driver, (driver ? "" : driver.error().message));
        return driver.value();
    }
    DriverReport report_of(std::string const& name)
    {
        if (!catalog)
            open();
        for (auto& report : catalog->report({}))
            if (report.name == name)
                return report;
        return {};
    }
    std::string log()
    {
        std::lock_guard const lock(m_mutex);
        return m_log;
    }

    std::string root;
    CatalogOptions options;
    std::unique_ptr<Catalog> catalog;

private:
    std::mutex m_mutex;
    std::string m_log;
};

inline Call within(std::chrono::nanoseconds span)
{
    Call call;
    call.request_id = "test";
    call.deadline = os::Deadline::after(span);
    return call;
}
inline Call soon()
{
    return within(std::chrono::seconds(30));
}

/// Gives the text, then ends or fails.
class TextSource final : public Source {
public:
    explicit TextSource(std::string text, bool cut = false)
        : m_text(std::move(text))
        , m_cut(cut)
    {
    }
    Result<size_t> read(void* into, size_t capacity) override
    {
        size_t const n = std::min(capacity, m_text.size() - m_at);
        m_text.copy(static_cast<char*>(into), n, m_at);
        m_at += n;
        if (n == 0 && m_cut)
            return Error { STAITHE_IO, 0, "unexpected EOF" };
        return n;
    }

private:
    std::string m_text;
    size_t m_at = 0;
    bool m_cut;
};

class TextSink final : public Sink {
public:
    explicit TextSink(size_t limit = SIZE_MAX)
        : m_limit(limit)
    {
    }
    Result<void> write(void const* from, size_t size) override
    {
        if (text.size() + size > m_limit)
            return Error { STAITHE_RANGE, 0, "the sink is full" };
        text.append(static_cast<char const*>(from), size);
        return {};
    }
    std::string text;

private:
    size_t m_limit;
};

} // namespace staithe::drivers::test

#define CHECK_CONTAINS(text, part)                                                                                     \
    BOOST_CHECK_MESSAGE(                                                                                               \
        (text).find(part) != std::string::npos, "'" << (text) << "' does not contain '" << (part) << "'")
