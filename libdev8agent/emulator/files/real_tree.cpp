// Reading and writing beneath a directory: see real_tree.h.
#include "files/real_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "core/strings.h"
#include "processes/descriptor.h"

namespace dev8agent::emulator {
namespace {

constexpr std::int64_t kLongestContent = 64 * 1024 * 1024;
constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct Place {
  std::string parent;  // without slash at its ends; "" is the share
  std::string name;
};

Place place_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

bool is_name(std::string_view name) {
  return !name.empty() && name != "." && name != "..";
}

// The directory at `path`, step by step, so that no link leads out.
Descriptor open_directory(const std::string& root, const std::string& path) {
  Descriptor at(open(root.c_str(), kDirectory));
  if (path.empty()) return at;
  for (const auto& name : split(path, '/')) {
    if (!at || !is_name(name)) return {};
    at = Descriptor(openat(at.get(), std::string(name).c_str(), kDirectory));
  }
  return at;
}

std::string content_of(int file, std::int64_t size) {
  std::string content;
  std::array<char, 65536> buffer;
  if (size > kLongestContent) return content;
  for (;;) {
    const ssize_t length = read(file, buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

// The entry `name` of an open directory, into `entries` under `path`.
void add_entry(int directory, const std::string& name, const std::string& path, bool with_content,
               std::map<std::string, FileEntry>& entries) {
  struct stat found {};
  if (fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (!S_ISDIR(found.st_mode) && !S_ISREG(found.st_mode)) return;
  FileEntry entry;
  entry.is_directory = S_ISDIR(found.st_mode);
  if (!entry.is_directory && with_content) {
    const Descriptor file(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file) entry.content = content_of(file.get(), found.st_size);
  }
  entries[path] = std::move(entry);
}

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> list(fdopendir(dup(directory)), closedir);
  if (!list) return names;
  while (const dirent* child = readdir(list.get())) {
    if (is_name(child->d_name)) names.emplace_back(child->d_name);
  }
  return names;
}

void add_children(const std::string& root, const std::string& path,
                  std::map<std::string, FileEntry>& entries) {
  const Descriptor directory = open_directory(root, path);
  if (!directory) return;
  for (const std::string& name : names_in(directory.get()))
    add_entry(directory.get(), name, path.empty() ? name : path + "/" + name, false, entries);
}

bool write_all(int file, std::string_view content) {
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t length = write(file, content.data() + done, content.size() - done);
    if (length < 0 && errno != EINTR) return false;
    if (length > 0) done += static_cast<std::size_t>(length);
  }
  return true;
}

bool write_file(int directory, const std::string& name, const std::string& content) {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const Descriptor file(openat(directory, name.c_str(), flags, 0644));
  return file && write_all(file.get(), content);
}

bool copy_file(int from, int to, const std::string& name) {
  const Descriptor source(openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const Descriptor target(openat(to, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!source || !target) return false;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t length = read(source.get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return length == 0;
    if (!write_all(target.get(), std::string_view(buffer.data(), static_cast<std::size_t>(length))))
      return false;
  }
}

bool copy_link(int from, int to, const std::string& name) {
  std::array<char, 4096> target{};
  const ssize_t length = readlinkat(from, name.c_str(), target.data(), target.size() - 1);
  return length > 0 && symlinkat(target.data(), to, name.c_str()) == 0;
}

// Step by step, as open_directory().
bool copy_children(int from, int to) {
  for (const std::string& name : names_in(from)) {
    struct stat found {};
    bool copied = true;
    if (fstatat(from, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
      copied = errno == ENOENT;  // it has gone away meanwhile
    } else if (S_ISREG(found.st_mode)) {
      copied = copy_file(from, to, name);
    } else if (S_ISLNK(found.st_mode)) {
      copied = copy_link(from, to, name);
    } else if (S_ISDIR(found.st_mode)) {
      const Descriptor source(openat(from, name.c_str(), kDirectory));
      const bool made = source && mkdirat(to, name.c_str(), 0700) == 0;
      const Descriptor target(made ? openat(to, name.c_str(), kDirectory) : -1);
      copied = target && copy_children(source.get(), target.get());
    }
    if (!copied) return false;
  }
  return true;
}

bool remove_entry(int directory, const std::string& name) {
  return unlinkat(directory, name.c_str(), 0) == 0 || unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0;
}

// What is made belongs to whom the share belongs to.
bool give_to_owner(const std::string& root, int directory, const std::string& name) {
  struct stat owner {};
  if (stat(root.c_str(), &owner) != 0) return false;
  if (owner.st_uid == geteuid()) return true;
  return fchownat(directory, name.c_str(), owner.st_uid, owner.st_gid, AT_SYMLINK_NOFOLLOW) == 0;
}

}  // namespace

std::map<std::string, FileEntry> read_tree(const std::string& directory, const std::string& path) {
  std::map<std::string, FileEntry> entries;
  if (!path.empty()) {
    const Place place = place_of(path);
    const Descriptor parent = open_directory(directory, place.parent);
    if (!parent) return entries;
    if (!place.parent.empty()) entries[place.parent].is_directory = true;
    if (!is_name(place.name)) return entries;
    add_entry(parent.get(), place.name, path, true, entries);
  }
  add_children(directory, path, entries);
  return entries;
}

bool write_tree(const std::string& directory, const std::string& path,
                const std::map<std::string, FileEntry>& entries) {
  const Place place = place_of(path);
  const Descriptor parent = open_directory(directory, place.parent);
  if (!parent || !is_name(place.name)) return false;
  const auto entry = entries.find(path);
  if (entry == entries.end()) return remove_entry(parent.get(), place.name);
  const bool made = entry->second.is_directory ? mkdirat(parent.get(), place.name.c_str(), 0755) == 0
                                               : write_file(parent.get(), place.name, entry->second.content);
  return made && give_to_owner(directory, parent.get(), place.name);
}

bool copy_tree(const std::string& from, const std::string& to) {
  const Descriptor source(open(from.c_str(), kDirectory));
  const Descriptor target(open(to.c_str(), kDirectory));
  return source && target && copy_children(source.get(), target.get());
}

std::uint64_t tree_bytes(const std::string& directory) {
  using Iterator = std::filesystem::recursive_directory_iterator;
  std::uint64_t bytes = 0;
  std::error_code error;  // what goes away meanwhile does not count
  const auto options = std::filesystem::directory_options::skip_permission_denied;
  for (Iterator at(directory, options, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const bool counts = at->is_regular_file(gone) && !at->is_symlink(gone);
    const auto size = counts ? at->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace dev8agent::emulator
