// The directories that stand for file shares, in one directory of the runtime.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/result.h"
#include "processes/spawn.h"

namespace dev8agent::emulator {

// Thread-safe: it has no state but the file system's. Destruction removes everything.
class ShareDirectories {
 public:
  // Makes "dev8-workspaces-XXXXXX" in `parent`, or in the system's temporary directory when that is empty.
  // Only `owner` (null: this user) can enter the directories of shares.
  // What a process of this user has left behind in `parent` when it was killed is removed.
  static Result<std::unique_ptr<ShareDirectories>> make(const std::string& parent,
                                                        std::shared_ptr<const ContainerUser> owner);
  ~ShareDirectories();

  // See ContainerRuntime.
  Result<std::string> make_share(std::string_view account, std::string_view share);
  void remove_share(std::string_view account, std::string_view share);
  Result<std::string> rename_share(std::string_view account, std::string_view from, std::string_view to);
  // Copies programs to bin(), for everybody to run.
  Status add_programs(const std::vector<std::string>& paths) const;
  std::string bin() const { return root_ + "/bin"; }
  // Makes a directory with these files, for the owner alone to read, and returns its path.
  Result<std::string> make_files(const std::map<std::string, std::string>& files) const;
  // The path of a share, there or not.
  std::string path(std::string_view account, std::string_view share) const;
  // An empty directory for containers that mount no share.
  std::string scratch() const { return root_ + "/scratch"; }

 private:
  ShareDirectories(std::string root, std::shared_ptr<const ContainerUser> owner, Descriptor lock)
      : root_(std::move(root)), owner_(std::move(owner)), lock_(std::move(lock)) {}
  Status make_directory(const std::string& path) const;

  std::string root_;
  std::shared_ptr<const ContainerUser> owner_;
  Descriptor lock_;  // on a file in root_: this process lives
};

}  // namespace dev8agent::emulator
