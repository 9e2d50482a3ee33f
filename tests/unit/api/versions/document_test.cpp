#include "api/versions/document.hpp"

#include <fstream>
#include <sstream>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(document)

BOOST_AUTO_TEST_CASE(the_page_in_docs_is_what_the_tables_say)
{
    std::ifstream file(API_VERSIONS_PAGE);
    std::ostringstream page;
    page << file.rdbuf();
    bool const fresh = page.str() == staithe::versions::render_document();
    BOOST_TEST(fresh, "docs/api-versions.md is stale: run staithe-api-versions > docs/api-versions.md");
}

BOOST_AUTO_TEST_SUITE_END()
