#include "api/routes/ambiguity.hpp"

namespace staithe::routes {

namespace {

    constexpr size_t short_id_size = 12, full_id_size = 64;

    Result<void> compare(std::string_view name, api::ContainerDetails const& container, api::ImageDetails const& image)
    {
        bool const by_chance =
            name.size() < short_id_size && image.id.starts_with(name) && container.name == "/" + std::string(name);
        if (by_chance)
            return {};
        return Error { STAITHE_CONFLICT, 0, "Conflict between containers and images" };
    }

} // namespace

Result<void> check_unambiguous(std::string_view name, api::ContainerDetails const& container, api::ImageService& images)
{
    if (name.size() == full_id_size && name == container.id)
        return {};
    auto const image = images.inspect(name);
    return image ? compare(name, container, image.value()) : Result<void>();
}

Result<void> check_unambiguous(std::string_view name, api::ImageDetails const& image, api::ContainerService& containers)
{
    if (name.size() == full_id_size && name == image.id)
        return {};
    auto const container = containers.inspect(name);
    return container ? compare(name, container.value(), image) : Result<void>();
}

} // namespace staithe::routes
