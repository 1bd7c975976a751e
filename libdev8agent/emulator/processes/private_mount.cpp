// Namespaces and mounts: see private_mount.h.
#include "processes/private_mount.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "processes/descriptor.h"

namespace dev8agent::emulator {
namespace {

constexpr const char* kHomes = "/home";
constexpr std::string_view kBelowHomes = "/home/";
constexpr std::size_t kMostHomes = 64;

// The entries of /home. Nothing when it cannot be read, or holds too many.
std::optional<std::vector<std::string>> list_homes() {
  std::vector<std::string> homes;
  std::error_code error;
  for (std::filesystem::directory_iterator at(kHomes, error), end; !error && at != end; at.increment(error))
    homes.push_back(at->path().filename().string());
  if (error || homes.size() > kMostHomes) return std::nullopt;
  return homes;
}

// Each directory from the one in /home to `path` itself, outermost first. Empty for a path that leads
// elsewhere.
std::vector<std::string> from_homes_to(const std::string& path) {
  std::vector<std::string> steps;
  if (!path.starts_with(kBelowHomes)) return steps;
  for (std::size_t at = kBelowHomes.size() - 1; at != std::string::npos;) {
    const std::size_t next = path.find('/', at + 1);
    const std::string name = path.substr(at + 1, next == std::string::npos ? next : next - at - 1);
    if (name.empty() || name == "." || name == "..") return {};
    steps.push_back(path.substr(0, next));
    at = next;
  }
  return steps;
}

// "/proc/self/fd/5", which leads to what the descriptor is open for.
struct DescriptorPath {
  char text[32] = "/proc/self/fd/";

  explicit DescriptorPath(int descriptor) {
    char digits[12];
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + descriptor % 10);
      descriptor /= 10;
    } while (descriptor > 0);
    for (std::size_t at = std::strlen(text); count > 0; ++at) text[at] = digits[--count];
  }
};

bool write_to(const char* path, std::string_view text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return written;
}

// A user namespace, in which this user may mount, goes with it where one is wanted. A process that may not be
// dumped, as a daemon with secrets, may not write its own maps: it may be for that moment.
bool enter_namespaces(const PrivateMount& mount) {
  if (mount.user_map.empty()) return unshare(CLONE_NEWNS) == 0;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  const int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  const bool mapped = write_to("/proc/self/setgroups", "deny") &&
                      write_to("/proc/self/uid_map", mount.user_map) &&
                      write_to("/proc/self/gid_map", mount.group_map);
  prctl(PR_SET_DUMPABLE, dumpable == 1 ? 1 : 0, 0, 0, 0);
  return mapped;
}

// The same directory or link in the new /home; files are left out. The working directory is the old one.
bool keep_home(const std::string& home) {
  struct stat found {};
  // It may be gone by now.
  if (fstatat(AT_FDCWD, home.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
  const int homes = open(kHomes, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (homes < 0) return false;
  bool kept = true;
  if (S_ISLNK(found.st_mode)) {
    char target[4096];
    const ssize_t length = readlink(home.c_str(), target, sizeof(target) - 1);
    kept = length >= 0;
    target[kept ? length : 0] = '\0';
    kept = kept && symlinkat(target, homes, home.c_str()) == 0;
  } else if (S_ISDIR(found.st_mode)) {
    char path[sizeof("/home/") + 255] = "/home/";
    kept = home.size() <= 255 && mkdirat(homes, home.c_str(), 0755) == 0;
    std::copy_n(home.c_str(), kept ? home.size() + 1 : 0, path + kBelowHomes.size());
    kept = kept && mount(home.c_str(), path, nullptr, MS_BIND | MS_REC, nullptr) == 0;
  }
  close(homes);
  return kept;
}

// None of them is there before: else the directory would be one of this machine.
bool make_parents(const PrivateMount& mount) {
  return std::all_of(mount.parents.begin(), mount.parents.end(), [&mount](const std::string& directory) {
    return mkdir(directory.c_str(), 0755) == 0 &&
           (!mount.user_map.empty() || chown(directory.c_str(), mount.user, mount.group) == 0);
  });
}

// What is open as `source` appears in the directory `path`. The last part of `path` may be the container's
// own to change, so a link there is not followed.
bool bind_to(int source, const std::string& path) {
  const int target = open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (target < 0) return false;
  const bool bound =
      fchdir(source) == 0 && mount(".", DescriptorPath(target).text, nullptr, MS_BIND, nullptr) == 0;
  close(target);
  return bound;
}

// The home directory, with a place for the share that is there already when the container has run before.
bool make_home(const PrivateMount& mount, int home) {
  const std::string& path = mount.parents.front();
  return mkdir(path.c_str(), 0755) == 0 && bind_to(home, path) &&
         (mkdir(mount.path.c_str(), 0755) == 0 || errno == EEXIST);
}

}  // namespace

std::string home_above(const std::string& path) {
  const std::vector<std::string> steps = from_homes_to(path);
  return steps.size() == 2 ? steps.front() : "";
}

std::optional<PrivateMount> plan_private_mount(const std::string& share, const std::string& path, uid_t user,
                                               gid_t group, const std::string& home) {
  std::vector<std::string> steps = from_homes_to(path);
  auto homes = list_homes();
  if (steps.empty() || !homes) return std::nullopt;
  const std::string first = steps.front().substr(kBelowHomes.size());
  if (std::find(homes->begin(), homes->end(), first) != homes->end()) return std::nullopt;
  PrivateMount planned{share, path, std::move(steps), std::move(*homes), {}, {}, user, group, {}};
  if (!home_above(path).empty()) planned.home = home;
  if (geteuid() != 0) {
    planned.user_map = std::to_string(user) + " " + std::to_string(user) + " 1";
    planned.group_map = std::to_string(group) + " " + std::to_string(group) + " 1";
  }
  return planned;
}

bool mount_privately(const PrivateMount& mount) {
  // What is mounted on this machine later appears in the namespace, too; nothing goes the other way.
  if (!enter_namespaces(mount) || ::mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
    return false;
  const int share = open(mount.share.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  const bool has_home = !mount.home.empty();
  const int home = has_home ? open(mount.home.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
  if (share < 0 || (has_home && home < 0) || chdir(kHomes) != 0) return false;
  if (::mount("tmpfs", kHomes, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=16m") != 0) return false;
  const bool made = std::all_of(mount.homes.begin(), mount.homes.end(), keep_home) &&
                    (has_home ? make_home(mount, home) : make_parents(mount)) && bind_to(share, mount.path);
  close(share);
  if (has_home) close(home);
  return made;
}

bool can_mount_privately(const std::string& directory, uid_t user, gid_t group) {
  // No home of anybody: mkdtemp() has made the name of the directory above.
  const std::string name = std::filesystem::path(directory).parent_path().filename().string();
  const auto planned = plan_private_mount(directory, std::string(kBelowHomes) + name, user, group);
  int ends[2];
  if (!planned || pipe2(ends, O_CLOEXEC) != 0) return false;
  const Descriptor out(ends[0]);
  Descriptor in(ends[1]);
  const pid_t process = fork();
  if (process == 0) {
    const char yes = 1;
    _exit(mount_privately(*planned) && ::write(in.get(), &yes, 1) == 1 ? 0 : 1);
  }
  in.reset();
  char answer = 0;
  const bool can = process > 0 && read(out.get(), &answer, 1) == 1;
  if (process > 0) waitpid(process, nullptr, 0);
  return can;
}

}  // namespace dev8agent::emulator
