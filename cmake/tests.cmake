# staithe_test(NAME SOURCES … LIBRARIES …): a Boost.Test program, registered with ctest under its name.
find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)

function(staithe_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    add_executable(${name} ${PROJECT_SOURCE_DIR}/tests/main.cpp ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${name} PRIVATE BOOST_TEST_DYN_LINK)
    target_link_libraries(${name} PRIVATE staithe-sdk ${ARG_LIBRARIES} Boost::unit_test_framework)
    add_test(NAME ${name} COMMAND ${name} --log_level=test_suite --report_level=short --color_output=no)
    set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS "unit;${ARG_LABELS}")
    set(suppressions ${PROJECT_SOURCE_DIR}/tests/sanitizers)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT
        "UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1;LSAN_OPTIONS=suppressions=${suppressions}/lsan.supp:print_suppressions=0;TSAN_OPTIONS=suppressions=${suppressions}/tsan.supp")
endfunction()
