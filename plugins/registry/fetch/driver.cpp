// Fetches URLs that clients name, as the extension "registry.fetch/1", in a process without privileges. It is no
// registry: the functions of the registry table answer "unsupported".

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <optional>

#include <staithe/cpp/registry.hpp>
#include <staithe/fetch.h>

namespace staithe::plugins {

namespace {

    constexpr size_t max_url_bytes = 8192;
    constexpr long max_redirects = 10;
    constexpr long connect_seconds = 15;
    constexpr char const* schemes = "http,https";

    using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

    Result<std::string> check_url(std::string_view url)
    {
        bool const visible = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c != 0x7f; });
        if (url.empty() || url.size() > max_url_bytes || !visible)
            return Error { STAITHE_INVALID, 0, "this is not a URL" };
        return std::string(url);
    }

    /// One transfer: where its bytes go, and what stopped it if that was not the network.
    struct Transfer {
        staithe_call const& call;
        Sink& into;
        std::optional<Error> failure;
    };

    size_t take(char* data, size_t, size_t size, void* context)
    {
        auto& transfer = *static_cast<Transfer*>(context);
        auto const written = transfer.into.write(data, size);
        if (written)
            return size;
        transfer.failure = written.error();
        return CURL_WRITEFUNC_ERROR;
    }

    int watch(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
    {
        auto& transfer = *static_cast<Transfer*>(context);
        auto const going = proceed(transfer.call);
        if (!going)
            transfer.failure = going.error();
        return going ? 0 : 1;
    }

    void configure(CURL* curl, std::string const& url, Transfer& transfer, char* message)
    {
        curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, schemes);
        curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
        curl_easy_setopt(curl, CURLOPT_MAXREDIRS, max_redirects);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
        curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "staithe");
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    }

    Error explain(CURL* curl, CURLcode code, char const* message)
    {
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (code == CURLE_HTTP_RETURNED_ERROR) // the words that Docker's clients have always seen
            return { STAITHE_UNAVAILABLE, 0, "Got HTTP status code >= 400: " + std::to_string(status) };
        std::string const why = message[0] ? message : curl_easy_strerror(code);
        if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
            return { STAITHE_INVALID, 0, "only http and https URLs can be fetched: " + why };
        return { STAITHE_IO, 0, "cannot fetch URL: " + why };
    }

} // namespace

class Fetch {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_REGISTRY, "fetch",
        "Fetches what http and https URLs of clients name", 1, 1 };

    static Result<void> probe(staithe_open const&) { return {}; }

    static Result<std::unique_ptr<Fetch>> open(staithe_open const&, Log)
    {
        if (auto const code = curl_global_init(CURL_GLOBAL_DEFAULT))
            return Error { STAITHE_INTERNAL, 0, std::string("cannot start libcurl: ") + curl_easy_strerror(code) };
        return std::make_unique<Fetch>();
    }
    ~Fetch() { curl_global_cleanup(); }

    Result<void> ping(staithe_call const&, staithe_endpoint const&) { return unsupported(); }
    Result<void> manifest(staithe_call const&, staithe_endpoint const&, std::string_view, std::string_view, Sink&)
    {
        return unsupported();
    }
    Result<void> fetch(
        staithe_call const&, staithe_endpoint const&, std::string_view, std::string_view, uint64_t, Sink&)
    {
        return unsupported();
    }
    Result<void> push(staithe_call const&, staithe_endpoint const&, std::string_view, std::string_view, Source&)
    {
        return unsupported();
    }

    Result<void> fetch_url(staithe_call const& call, std::string_view given, Sink& into)
    {
        auto const url = STAITHE_TRY(check_url(given));
        Handle const curl(curl_easy_init(), curl_easy_cleanup);
        if (!curl)
            return Error { STAITHE_INTERNAL, 0, "cannot make a transfer" };
        Transfer transfer { call, into, {} };
        char message[CURL_ERROR_SIZE] = "";
        configure(curl.get(), url, transfer, message);
        auto const code = curl_easy_perform(curl.get());
        if (transfer.failure)
            return std::move(*transfer.failure);
        if (code != CURLE_OK)
            return explain(curl.get(), code, message);
        return {};
    }

private:
    static Error unsupported() { return { STAITHE_UNSUPPORTED, 0, "driver 'fetch' fetches URLs only" }; }
};

namespace {

    staithe_fetch const fetch_table { sizeof(staithe_fetch), 0,
        [](void* self, staithe_call const* call, staithe_text url, staithe_sink* into,
            staithe_error* error) -> staithe_code {
            return guarded(error, [&] {
                BorrowedSink sink(*into);
                return static_cast<Fetch*>(self)->fetch_url(*call, view(url), sink);
            });
        } };

    staithe_registry const& table()
    {
        static staithe_driver const base = [] {
            auto t = driver_table<Fetch>();
            t.extension = [](void*, char const* id) -> void const* {
                return std::string_view(id) == STAITHE_FETCH_EXTENSION ? &fetch_table : nullptr;
            };
            return t;
        }();
        static staithe_registry const with_fetch = [] {
            auto t = registry_table<Fetch>();
            t.base = &base;
            return t;
        }();
        return with_fetch;
    }

} // namespace

} // namespace staithe::plugins

const staithe_plugin staithe_plugin_v1 =
    staithe::SingleDriverPlugin<staithe::plugins::Fetch, staithe::plugins::table>::make(
        "org.staithe.fetch", "0.1.0", "Apache-2.0");
