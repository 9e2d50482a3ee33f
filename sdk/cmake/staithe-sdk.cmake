# staithe_add_driver(KIND NAME SOURCES … [LIBRARIES …] [SUMMARY text] [PACKAGE name])
#
# Makes target <kind>-<name>: a loadable driver image that exports staithe_plugin_v1 and nothing else, with its side
# file <kind>-<name>.driver, which lets the daemon list the driver without loading it. Works in Staithe's own tree and,
# after find_package(StaitheSdk), in anybody's.
#
# The flags are part of the contract: hidden symbols, no GNU_UNIQUE symbols, no undefined symbols, one global name.

set(STAITHE_SDK_VERSION_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/staithe-driver.map)
set(STAITHE_SDK_ABI "1.0")

function(staithe_add_driver kind name)
    cmake_parse_arguments(ARG "" "SUMMARY;PACKAGE" "SOURCES;LIBRARIES" ${ARGN})
    set(target ${kind}-${name})
    if(NOT ARG_PACKAGE)
        set(ARG_PACKAGE staithe-driver-${name})
    endif()
    if(NOT STAITHE_BUILD_DRIVER_DIR)
        set(STAITHE_BUILD_DRIVER_DIR ${CMAKE_CURRENT_BINARY_DIR})
    endif()

    add_library(${target} MODULE ${ARG_SOURCES})
    target_link_libraries(${target} PRIVATE staithe-sdk ${ARG_LIBRARIES})
    target_compile_options(${target} PRIVATE -fvisibility=hidden
        $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
        $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-fno-gnu-unique>)
    target_link_options(${target} PRIVATE -Wl,--version-script=${STAITHE_SDK_VERSION_SCRIPT} -Wl,-z,relro,-z,now
        -Wl,--as-needed)
    if(NOT STAITHE_SANITIZE)
        # A sanitizer's symbols come from the program that loads the driver.
        target_link_options(${target} PRIVATE -Wl,-z,defs -static-libstdc++ -static-libgcc)
    endif()
    set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so" OUTPUT_NAME ${target}
        LINK_DEPENDS ${STAITHE_SDK_VERSION_SCRIPT} LIBRARY_OUTPUT_DIRECTORY ${STAITHE_BUILD_DRIVER_DIR})

    set(side_file ${STAITHE_BUILD_DRIVER_DIR}/${target}.driver)
    file(WRITE ${side_file}
        "name=${name}\nkind=${kind}\nabi=${STAITHE_SDK_ABI}\nsummary=${ARG_SUMMARY}\npackage=${ARG_PACKAGE}\n")
    if(STAITHE_DRIVER_DIR)
        install(TARGETS ${target} LIBRARY DESTINATION ${STAITHE_DRIVER_DIR} COMPONENT ${ARG_PACKAGE})
        install(FILES ${side_file} DESTINATION ${STAITHE_DRIVER_DIR} COMPONENT ${ARG_PACKAGE})
    endif()
endfunction()
