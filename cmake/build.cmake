# Flags that hold for every target, and the two functions that make targets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON) # statement expressions in STAITHE_TRY
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(STAITHE_TESTS "Build the tests" ON)
set(STAITHE_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")

add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Werror -fstack-protector-strong -fno-plt)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A known false alarm of g++ 12 with std::string at -O2.
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
else()
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wthread-safety> -Wno-gnu-statement-expression)
endif()
add_link_options(-Wl,-z,relro,-z,now)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
if(STAITHE_SANITIZE)
    add_compile_options(-fsanitize=${STAITHE_SANITIZE} -fno-omit-frame-pointer -g1)
    add_link_options(-fsanitize=${STAITHE_SANITIZE})
    add_compile_definitions(STAITHE_SANITIZED=1)
endif()

# staithe_library(NAME SOURCES … LIBRARIES …): a static room.
function(staithe_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC staithe-sdk ${ARG_LIBRARIES})
endfunction()

# staithe_program(NAME SOURCES … LIBRARIES …): an installed program.
function(staithe_program name)
    cmake_parse_arguments(ARG "" "DESTINATION" "SOURCES;LIBRARIES" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE staithe-sdk ${ARG_LIBRARIES})
    if(NOT ARG_DESTINATION)
        set(ARG_DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/staithe)
    endif()
    install(TARGETS ${name} DESTINATION ${ARG_DESTINATION})
endfunction()
