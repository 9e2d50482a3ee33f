#include "api/wire/system.hpp"

namespace staithe::wire {

namespace {

    using Info = api::SystemInfo;
    using Version = api::SystemVersion;
    using Driver = api::DriverInfo;

    template <auto Member> void of_info(JsonWriter& out, std::string_view key, InfoView const& view)
    {
        put_pair(out, key, view.info->*Member);
    }

    template <auto Member> void of_info_if_set(JsonWriter& out, std::string_view key, InfoView const& view)
    {
        member_if_set<Member>(out, key, *view.info);
    }

    template <auto Member> void of_info_if_debug(JsonWriter& out, std::string_view key, InfoView const& view)
    {
        if (view.info->debug)
            member_if_set<Member>(out, key, *view.info);
    }

    template <auto Member> void of_version(JsonWriter& out, std::string_view key, InfoView const& view)
    {
        put_pair(out, key, view.version->*Member);
    }

    void put_index_server(JsonWriter& out, std::string_view key, InfoView const&)
    {
        put_pair(out, key, std::string("https://index.docker.io/v1/"));
    }

    constexpr Field<Driver> driver_fields[] = {
        { "Kind", "", "text", member<&Driver::kind> },
        { "Name", "", "text", member<&Driver::name> },
        { "State", "", "text", member<&Driver::state> },
        { "Reason", "", "text", member<&Driver::reason> },
        { "Default", "", "boolean", member<&Driver::is_default> },
        { "Summary", "", "text", member<&Driver::summary> },
        { "Version", "", "text", member<&Driver::version> },
        { "Package", "", "text", member<&Driver::package> },
        { "File", "", "text", member<&Driver::file> },
    };

    void put_drivers(JsonWriter& out, std::vector<Driver> const& drivers)
    {
        out.begin_array();
        for (auto const& driver : drivers)
            put_object<Driver>(out, driver_fields, driver, all_fields);
        out.end_array();
    }

    void put_info_drivers(JsonWriter& out, std::string_view key, InfoView const& view)
    {
        out.key(key);
        view.drivers ? put_drivers(out, *view.drivers) : out.null();
    }

    constexpr Field<InfoView> info_field_list[] = {
        { "Debug", "first", "boolean", of_info<&Info::debug> },
        { "Containers", "", "number", of_info<&Info::containers> },
        { "Version", "", "text", of_version<&Version::version> },
        { "Images", "", "number", of_info<&Info::images> },
        { "Debug", "fourth", "boolean", of_info<&Info::debug> },
        { "GoVersion", "", "text", of_version<&Version::compiler> },
        { "NFd", "when debugging", "number, left out when 0", of_info_if_debug<&Info::open_files> },
        { "NFd", "always", "number, left out when 0", of_info_if_set<&Info::open_files> },
        { "NGoroutines", "when debugging", "number, left out when 0", of_info_if_debug<&Info::threads> },
        { "NGoroutines", "always", "number, left out when 0", of_info_if_set<&Info::threads> },
        { "MemoryLimit", "", "true or left out", of_info_if_set<&Info::memory_limit> },
        { "SwapLimit", "", "true or left out", of_info_if_set<&Info::swap_limit> },
        { "IPv4Forwarding", "", "true or left out", of_info_if_set<&Info::ipv4_forwarding> },
        { "NEventsListener", "", "number, left out when 0", of_info_if_set<&Info::event_listeners> },
        { "KernelVersion", "", "text", of_info<&Info::kernel_version> },
        { "IndexServerAddress", "", "text", put_index_server },
        { "Drivers", "", "list of drivers (ours)", put_info_drivers },
    };

    constexpr Field<Version> version_field_list[] = {
        { "Version", "", "text", member<&Version::version> },
        { "GitCommit", "", "text, left out when empty", member_if_set<&Version::git_commit> },
        { "GoVersion", "", "text: the compiler", member_if_set<&Version::compiler> },
    };

} // namespace

Fields<InfoView> info_fields()
{
    return info_field_list;
}

Fields<Version> version_fields()
{
    return version_field_list;
}

std::string encode_info(InfoView const& view, FieldSet set)
{
    std::string text;
    JsonWriter out(text);
    put_object<InfoView>(out, info_field_list, view, set);
    return text;
}

std::string encode_version(Version const& version, FieldSet set)
{
    std::string text;
    JsonWriter out(text);
    put_object<Version>(out, version_field_list, version, set);
    return text;
}

std::string encode_drivers(std::vector<Driver> const& drivers)
{
    std::string text;
    JsonWriter out(text);
    put_drivers(out, drivers);
    return text;
}

} // namespace staithe::wire
