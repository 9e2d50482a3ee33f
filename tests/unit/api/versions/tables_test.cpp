#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "api/versions/resources.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/config.hpp"
#include "api/wire/container_summary.hpp"
#include "api/wire/event.hpp"
#include "api/wire/progress.hpp"
#include "api/wire/replies.hpp"
#include "api/wire/system.hpp"

using namespace staithe;
using versions::ApiVersion;
using versions::Trait;

BOOST_AUTO_TEST_SUITE(tables)

namespace {

/// A row that names no field would be a difference that nobody makes.
template <class T> void check_rows(wire::Fields<T> fields, versions::FieldRows rows)
{
    BOOST_TEST(fields.size() <= 64u);
    for (auto const& row : rows) {
        auto const named = std::count_if(fields.begin(), fields.end(),
            [&](auto const& field) { return field.key == row.key && field.form == row.form; });
        BOOST_TEST(named == 1, "row '" << row.key << "' '" << row.form << "'");
        BOOST_TEST((row.since <= row.until), row.key);
        BOOST_TEST((row.since != versions::oldest || row.until != versions::newest), row.key << " differs nowhere");
    }
}

/// No version may write one key twice.
template <class T> void check_keys(wire::Fields<T> fields, versions::FieldRows rows)
{
    for (auto const version : versions::accepted()) {
        auto const set = versions::select(fields, rows, version);
        for (size_t i = 0; i < fields.size(); ++i)
            for (size_t j = i + 1; j < fields.size(); ++j)
                if (set >> i & set >> j & 1)
                    BOOST_TEST(fields[i].key != fields[j].key);
    }
}

template <class T> void check(wire::Fields<T> fields, versions::FieldRows rows)
{
    check_rows(fields, rows);
    check_keys(fields, rows);
}

} // namespace

BOOST_AUTO_TEST_CASE(every_row_names_one_field_and_no_key_is_written_twice)
{
    check(wire::config_fields(), versions::config_rows());
    check(wire::container_summary_fields(), versions::container_summary_rows());
    check(wire::container_details_fields(), versions::container_details_rows());
    check(wire::container_state_fields(), versions::container_state_rows());
    check(wire::network_settings_fields(), versions::network_settings_rows());
    check(wire::created_fields(), versions::created_rows());
    check(wire::event_fields(), versions::event_rows());
    check(wire::image_summary_fields(), versions::image_summary_rows());
    check(wire::image_details_fields(), versions::image_details_rows());
    check(wire::image_step_fields(), versions::image_step_rows());
    check(wire::info_fields(), versions::info_rows());
    check(wire::progress_fields(), versions::progress_rows());
}

BOOST_AUTO_TEST_CASE(all_seven_versions_are_accepted_in_order)
{
    auto const list = versions::accepted();
    BOOST_TEST(list.size() == 7u);
    BOOST_TEST((list.front() == versions::oldest));
    BOOST_TEST((list.back() == versions::newest));
    BOOST_TEST(std::is_sorted(list.begin(), list.end()));
}

BOOST_AUTO_TEST_CASE(versions_compare_as_integers)
{
    versions::FieldRow const row { "x", "", { 1, 2 }, { 1, 4 } };
    BOOST_TEST(!versions::holds(row, { 1, 1 }));
    BOOST_TEST(versions::holds(row, { 1, 2 }));
    BOOST_TEST(versions::holds(row, { 1, 4 }));
    BOOST_TEST(!versions::holds(row, { 1, 10 }));
}

BOOST_AUTO_TEST_CASE(traits_hold_at_their_versions)
{
    auto const holds_at = [](Trait trait) {
        std::string minors;
        for (auto const version : versions::accepted())
            if (versions::has(trait, version))
                minors += static_cast<char>('0' + version.minor);
        return minors;
    };
    BOOST_TEST(holds_at(Trait::RawProgress) == "0");
    BOOST_TEST(holds_at(Trait::InsertedId) == "123456");
    BOOST_TEST(holds_at(Trait::PlainImageDelete) == "01");
    BOOST_TEST(holds_at(Trait::SizesUnasked) == "2");
    BOOST_TEST(holds_at(Trait::PublishedPortSpecs) == "012345");
    BOOST_TEST(holds_at(Trait::ProcessList) == "3");
    BOOST_TEST(holds_at(Trait::ProcessTable) == "456");
    BOOST_TEST(holds_at(Trait::CacheQuestion) == "01234");
    BOOST_TEST(holds_at(Trait::FramedAttach) == "6");
}

BOOST_AUTO_TEST_SUITE_END()
