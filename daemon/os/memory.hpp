// Giving memory back that only a program's start needed.
#pragma once

namespace staithe::os {

/// Unmaps every page of code and frees what the heap holds unused. Pages that are needed again come back from the page
/// cache at the next touch. Never fails: what cannot be given back stays. Best called when the start is done.
void give_back_start();

} // namespace staithe::os
