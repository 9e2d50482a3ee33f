// SPDX-License-Identifier: Apache-2.0
//
// Compressed archives: by libarchive, and by hand where the window must be larger than any compressor would choose.
#pragma once

#include <string>

namespace staithe::test {

/// filter: what archive_write_add_filter_by_name() takes.
std::string compressed(std::string const& filter, std::string const& bytes);

/// One zstd frame of stored blocks that asks its reader for a window of 2^log bytes.
std::string zstd_with_window(std::string const& bytes, unsigned log);

/// One xz stream of stored chunks that asks its reader for a dictionary of 2^log bytes.
std::string xz_with_dictionary(std::string const& bytes, unsigned log);

} // namespace staithe::test
