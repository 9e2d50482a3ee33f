// The container list.
#pragma once

#include <string>
#include <vector>

#include "api/services/container.hpp"
#include "api/wire/field.hpp"

namespace staithe::wire {

/// One record, and the moment that "Up 3 seconds" counts to.
struct SummaryView {
    api::ContainerSummary const* container;
    int64_t now_ns;
};

Fields<SummaryView> container_summary_fields();

std::string encode_container_list(std::vector<api::ContainerSummary> const&, FieldSet, int64_t now_ns);

/// "Up 3 seconds", "Exit 0", "Ghost".
std::string status_text(api::ContainerState const&, int64_t now_ns);

} // namespace staithe::wire
