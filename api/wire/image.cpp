#include "api/wire/image.hpp"

#include "api/wire/config.hpp"
#include "api/wire/text_forms.hpp"

namespace staithe::wire {

namespace {

    using Summary = api::ImageSummary;
    using Details = api::ImageDetails;

    void put_created_seconds(JsonWriter& out, std::string_view key, Summary const& image)
    {
        put_pair(out, key, image.created_ns / 1'000'000'000);
    }

    constexpr Field<Summary> summary_fields[] = {
        { "Repository", "", "text, left out when untagged", member_if_set<&Summary::repository> },
        { "Tag", "", "text, left out when untagged", member_if_set<&Summary::tag> },
        { "Id", "", "text, 64 digits", member<&Summary::id> },
        { "Created", "", "seconds since 1970", put_created_seconds },
        { "Size", "", "bytes", member<&Summary::size> },
        { "VirtualSize", "", "bytes", member<&Summary::virtual_size> },
    };

    template <auto Member> void of_image(JsonWriter& out, std::string_view key, ImageView const& view)
    {
        put_pair(out, key, view.image->*Member);
    }

    template <auto Member> void of_image_if_set(JsonWriter& out, std::string_view key, ImageView const& view)
    {
        member_if_set<Member>(out, key, *view.image);
    }

    void put_created(JsonWriter& out, std::string_view key, ImageView const& view)
    {
        put_pair(out, key, time_text(view.image->created_ns));
    }

    void put_container_config(JsonWriter& out, std::string_view key, ImageView const& view)
    {
        out.key(key);
        put_object(out, config_fields(), view.image->container_config, view.fields->config);
    }

    void put_config(JsonWriter& out, std::string_view key, ImageView const& view)
    {
        if (!view.image->config)
            return;
        out.key(key);
        put_object(out, config_fields(), *view.image->config, view.fields->config);
    }

    constexpr Field<ImageView> details_fields[] = {
        { "id", "", "text, 64 digits", of_image<&Details::id> },
        { "parent", "", "text, left out when empty", of_image_if_set<&Details::parent> },
        { "comment", "", "text, left out when empty", of_image_if_set<&Details::comment> },
        { "created", "", "time", put_created },
        { "container", "", "text, left out when empty", of_image_if_set<&Details::container> },
        { "container_config", "", "Config", put_container_config },
        { "docker_version", "", "text, left out when empty", of_image_if_set<&Details::docker_version> },
        { "author", "", "text, left out when empty", of_image_if_set<&Details::author> },
        { "config", "", "Config, left out when there is none", put_config },
        { "architecture", "", "text, left out when empty", of_image_if_set<&Details::architecture> },
        { "Size", "", "bytes", of_image<&Details::size> },
    };

} // namespace

Fields<Summary> image_summary_fields()
{
    return summary_fields;
}

Fields<ImageView> image_details_fields()
{
    return details_fields;
}

std::string encode_image_list(std::vector<Summary> const& images, FieldSet set)
{
    std::string text;
    text.reserve(images.size() * 200 + 2);
    JsonWriter out(text);
    out.begin_array();
    for (auto const& image : images)
        put_object<Summary>(out, summary_fields, image, set);
    out.end_array();
    return text;
}

std::string encode_image(Details const& image, ImageFields const& fields)
{
    std::string text;
    text.reserve(2048);
    JsonWriter out(text);
    put_object<ImageView>(out, details_fields, { &image, &fields }, fields.image);
    return text;
}

std::string encode_removed(std::vector<api::DeletedImage> const& steps)
{
    std::string text;
    JsonWriter out(text);
    out.begin_array();
    for (auto const& step : steps) {
        out.begin_object();
        out.key(step.untagged ? "Untagged" : "Deleted");
        out.text(short_id(step.id));
        out.end_object();
    }
    out.end_array();
    return text;
}

std::string encode_image_check(api::ImageCheck const& check)
{
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    put_pair(out, "Id", check.id);
    put_pair(out, "Tags", check.tags);
    put_pair(out, "Good", check.good);
    put_pair(out, "Problem", check.problem);
    out.end_object();
    return text;
}

} // namespace staithe::wire
