// Making and removing directories: see share_directories.h.
#include "processes/share_directories.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace dev8agent::emulator {
namespace {

Error failure(const std::string& path) {
  return make_error(ErrorCode::kInternal, "cannot make the directory " + path + ": " + std::strerror(errno));
}

constexpr const char* kPrefix = "dev8-workspaces-";

// Locks a new file `root`/lock. It has that name only once it is locked.
Descriptor lock_root(const std::string& root) {
  const std::string unnamed = root + "/unlocked";
  Descriptor lock(open(unnamed.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const bool locked = lock && flock(lock.get(), LOCK_EX | LOCK_NB) == 0 &&
                      rename(unnamed.c_str(), (root + "/lock").c_str()) == 0;
  return locked ? std::move(lock) : Descriptor();
}

// Its process no longer lives.
bool is_abandoned(const std::string& root) {
  struct stat found {};
  if (lstat(root.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != geteuid()) return false;
  const Descriptor lock(open((root + "/lock").c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  return lock && flock(lock.get(), LOCK_EX | LOCK_NB) == 0;
}

void remove_abandoned(const std::string& parent) {
  std::error_code ignored;  // what stays is tried again by the next one
  for (std::filesystem::directory_iterator at(parent, ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    const std::string root = at->path().string();
    std::error_code failed;
    if (at->path().filename().string().starts_with(kPrefix) && is_abandoned(root))
      std::filesystem::remove_all(root, failed);
  }
}

// A process may still write to it: by another name it no longer stands in the way of a new one.
void remove_tree(const std::string& path) {
  std::string aside = path + ".removed-XXXXXX";
  std::error_code ignored;  // what stays is removed with everything else
  if (mkdtemp(aside.data())) std::filesystem::rename(path, aside, ignored);
  std::filesystem::remove_all(aside, ignored);
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

Result<std::unique_ptr<ShareDirectories>> ShareDirectories::make(const std::string& parent,
                                                                 std::shared_ptr<const ContainerUser> owner) {
  std::error_code error;
  const std::string place = parent.empty() ? std::filesystem::temp_directory_path(error).string() : parent;
  std::string root = place + "/" + kPrefix + "XXXXXX";
  if (error || !mkdtemp(root.data())) return failure(root);
  Descriptor lock = lock_root(root);
  if (!lock) return failure(root);
  remove_abandoned(place);
  if (owner && chmod(root.c_str(), 0711) != 0) return failure(root);
  std::unique_ptr<ShareDirectories> made(new ShareDirectories(root, std::move(owner), std::move(lock)));
  auto scratch = made->make_directory(made->scratch());
  if (!scratch.ok()) return scratch.error();
  return made;
}

ShareDirectories::~ShareDirectories() {
  std::error_code ignored;  // nobody is left who could be told
  std::filesystem::remove_all(root_, ignored);
}

Status ShareDirectories::make_directory(const std::string& path) const {
  if (mkdir(path.c_str(), 0700) != 0) return failure(path);
  if (owner_ && chown(path.c_str(), owner_->user, owner_->group) != 0) return failure(path);
  return Done{};
}

Status ShareDirectories::add_programs(const std::vector<std::string>& paths) const {
  namespace files = std::filesystem;
  std::error_code error;
  files::create_directory(bin(), error);
  for (const std::string& path : paths) {
    const files::path copy = files::path(bin()) / files::path(path).filename();
    if (!error) files::copy_file(path, copy, error);
    if (!error) files::permissions(copy, files::perms(0755), error);
    if (error) return invalid_request({{"programs", "cannot copy " + path + ": " + error.message()}});
  }
  if (!error) files::permissions(bin(), files::perms(0755), error);
  if (error) return make_error(ErrorCode::kInternal, "cannot make " + bin() + ": " + error.message());
  return Done{};
}

Result<std::string> ShareDirectories::make_files(const std::map<std::string, std::string>& files) const {
  std::string directory = root_ + "/files-XXXXXX";
  if (!mkdtemp(directory.data())) return failure(directory);
  for (const auto& [name, content] : files) {
    const std::string path = directory + "/" + name;
    const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400));
    const bool written =
        file && write(file.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size());
    const bool given = written && (!owner_ || fchown(file.get(), owner_->user, owner_->group) == 0);
    if (!given) return failure(path);
  }
  if (owner_ && chown(directory.c_str(), owner_->user, owner_->group) != 0) return failure(directory);
  return directory;
}

std::string ShareDirectories::path(std::string_view account, std::string_view share) const {
  return root_ + "/" + std::string(account) + "." + std::string(share);
}

Result<std::string> ShareDirectories::make_share(std::string_view account, std::string_view share) {
  std::string directory = path(account, share);
  auto made = make_directory(directory);
  if (!made.ok()) return made.error();
  return directory;
}

Result<std::string> ShareDirectories::rename_share(std::string_view account, std::string_view from,
                                                   std::string_view to) {
  std::string directory = path(account, to);
  if (rename(path(account, from).c_str(), directory.c_str()) != 0) return failure(directory);
  return directory;
}

void ShareDirectories::remove_share(std::string_view account, std::string_view share) {
  remove_tree(path(account, share));
}

}  // namespace dev8agent::emulator
