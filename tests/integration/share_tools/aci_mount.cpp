// Preloaded into a program, it makes one directory behave as ACI's mount of an Azure Files share does: no
// symbolic links, no hard links, no Unix sockets, no FIFOs; modes cannot be changed, all files are 0777 and
// the mount's owner's. Source of the mount's options: azure-cli#17136 (nounix, noperm, file_mode=0777, no
// mfsymlinks).
//   ACI_MOUNT        the directory; without it everything is as usual
//   ACI_MOUNT_CHMOD  "refuse": chmod answers EPERM, as mounts without noperm do; else it does nothing
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr uid_t kOwner = 4242;  // nobody whom a test runs as

template <class Function>
Function* next(Function*, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool below_mount(const std::string& path) {
  const char* mount = std::getenv("ACI_MOUNT");
  const std::size_t length = mount ? std::strlen(mount) : 0;
  return length > 0 && path.compare(0, length, mount) == 0 && (path.size() == length || path[length] == '/');
}

std::string target_of(const std::string& link) {
  char buffer[PATH_MAX];
  const ssize_t length = readlink(link.c_str(), buffer, sizeof(buffer));
  return length < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(length));
}

std::string path_of(int descriptor) {
  return target_of("/proc/self/fd/" + std::to_string(descriptor));
}

// The path with its directory resolved; the last component may be missing.
std::string resolve(int directory, const char* path) {
  if (path == nullptr || *path == 0) return directory == AT_FDCWD ? std::string() : path_of(directory);
  std::string full = path;
  if (full[0] != '/')
    full = (directory == AT_FDCWD ? target_of("/proc/self/cwd") : path_of(directory)) + "/" + full;
  const auto slash = full.rfind('/');
  char parent[PATH_MAX];
  if (realpath(full.substr(0, slash == 0 ? 1 : slash).c_str(), parent) == nullptr) return full;
  return std::string(parent) + full.substr(slash);
}

int refused(int error) {
  errno = error;
  return -1;
}

// The kernel has to see the mode, too, when it runs a program.
constexpr mode_t kMode = 0777;

bool refuses_modes() {
  const char* wish = std::getenv("ACI_MOUNT_CHMOD");
  return wish && std::strcmp(wish, "refuse") == 0;
}

template <class Stat>
void as_mounted(Stat* result) {
  if (S_ISREG(result->st_mode) || S_ISDIR(result->st_mode)) result->st_mode |= kMode;
  result->st_uid = kOwner;
}

}  // namespace

#define REAL(name) next(&::name, #name)

extern "C" {

int symlinkat(const char* target, int directory, const char* path) {
  if (below_mount(resolve(directory, path))) return refused(EOPNOTSUPP);
  return REAL(symlinkat)(target, directory, path);
}
int symlink(const char* target, const char* path) {
  return symlinkat(target, AT_FDCWD, path);
}
int linkat(int from_directory, const char* from, int to_directory, const char* to, int flags) {
  if (below_mount(resolve(to_directory, to))) return refused(EOPNOTSUPP);
  return REAL(linkat)(from_directory, from, to_directory, to, flags);
}
int link(const char* from, const char* to) {
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int mkfifo(const char* path, mode_t mode) {
  if (below_mount(resolve(AT_FDCWD, path))) return refused(EPERM);
  return REAL(mkfifo)(path, mode);
}
int bind(int socket, const sockaddr* address, socklen_t length) {
  const auto* local = reinterpret_cast<const sockaddr_un*>(address);
  if (address && address->sa_family == AF_UNIX && below_mount(resolve(AT_FDCWD, local->sun_path)))
    return refused(EPERM);
  return REAL(bind)(socket, address, length);
}

int fchmodat(int directory, const char* path, mode_t mode, int flags) {
  const bool mounted = below_mount(resolve(directory, path));
  if (mounted && refuses_modes()) return refused(EPERM);
  return REAL(fchmodat)(directory, path, mounted ? kMode : mode, flags);
}
int chmod(const char* path, mode_t mode) {
  return fchmodat(AT_FDCWD, path, mode, 0);
}
int fchmod(int descriptor, mode_t mode) {
  const bool mounted = below_mount(path_of(descriptor));
  if (mounted && refuses_modes()) return refused(EPERM);
  return REAL(fchmod)(descriptor, mounted ? kMode : mode);
}

int fstatat(int directory, const char* path, struct stat* result, int flags) {
  const int status = REAL(fstatat)(directory, path, result, flags);
  if (status == 0 && below_mount(resolve(directory, path))) as_mounted(result);
  return status;
}
int stat(const char* path, struct stat* result) {
  return fstatat(AT_FDCWD, path, result, 0);
}
int lstat(const char* path, struct stat* result) {
  return fstatat(AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW);
}
int fstat(int descriptor, struct stat* result) {
  return fstatat(descriptor, "", result, AT_EMPTY_PATH);
}
int fstatat64(int directory, const char* path, struct stat64* result, int flags) {
  const int status = REAL(fstatat64)(directory, path, result, flags);
  if (status == 0 && below_mount(resolve(directory, path))) as_mounted(result);
  return status;
}
int stat64(const char* path, struct stat64* result) {
  return fstatat64(AT_FDCWD, path, result, 0);
}
int lstat64(const char* path, struct stat64* result) {
  return fstatat64(AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW);
}
int fstat64(int descriptor, struct stat64* result) {
  return fstatat64(descriptor, "", result, AT_EMPTY_PATH);
}

int statx(int directory, const char* path, int flags, unsigned mask, struct statx* result) {
  const int status = REAL(statx)(directory, path, flags, mask, result);
  if (status != 0 || !below_mount(resolve(directory, path))) return status;
  if (S_ISREG(result->stx_mode) || S_ISDIR(result->stx_mode)) result->stx_mode |= kMode;
  result->stx_uid = kOwner;
  return status;
}

}  // extern "C"
