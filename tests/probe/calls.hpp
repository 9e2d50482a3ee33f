// SPDX-License-Identifier: Apache-2.0
//
// Which system calls a container is refused, found out by making them.
#pragma once

#include <string>
#include <utility>
#include <vector>

/// Name and verdict of each call: "allowed", "EPERM" or "ENOSYS". Each is made in a process of its own with arguments
/// that no call accepts.
std::vector<std::pair<std::string, std::string>> probe_calls();
/// The calls whose arguments decide: "socket(AF_ALG)" and the like.
std::vector<std::pair<std::string, std::string>> probe_arguments();
