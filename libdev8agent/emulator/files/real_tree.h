// The files of a share that is a directory of this machine, as the file service needs them for one request.
#pragma once

#include <map>
#include <string>

#include "files/storage.h"

namespace dev8agent::emulator {

// What a request about `path` ("" is the share itself) has to know: the entry itself with its content (at
// most 64 MB; longer ones are shown as empty), the directory that holds it, and what it holds. Links are not
// followed and not shown, and "." and ".." name nothing, so nothing outside of `directory` is read.
std::map<std::string, FileEntry> read_tree(const std::string& directory, const std::string& path);

// Makes the entry at `path` as it is in `entries` after the request: there, or not there. False when the
// system refuses it.
bool write_tree(const std::string& directory, const std::string& path,
                const std::map<std::string, FileEntry>& entries);

// Copies all directories, files and links below `from` to `to`, which must be there and empty. What is
// neither is left out. False when the system refuses something.
bool copy_tree(const std::string& from, const std::string& to);

// The bytes of all files below `directory`.
std::uint64_t tree_bytes(const std::string& directory);

}  // namespace dev8agent::emulator
