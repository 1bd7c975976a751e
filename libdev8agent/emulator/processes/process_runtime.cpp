// From containers to commands, and the runtime's thread: see dev8agent/container_runtime.h.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "dev8agent/container_runtime.h"
#include "processes/image_commands.h"
#include "processes/process_group.h"
#include "processes/share_directories.h"

namespace dev8agent::emulator {
namespace {

constexpr double kBytesOfGb = 1024.0 * 1024 * 1024;
// A program that is built with these sanitizers, as the example workspace is beside such a daemon, needs
// terabytes of address space that count as its data.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsMemory = false;
#else
constexpr bool kLimitsMemory = true;
#endif
constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

constexpr std::string_view kTemporary = "/tmp";

// A container, where it finds each of its mounts, and the directory for its temporary files.
struct PlacedContainer {
  const ContainerSpec& spec;
  std::vector<std::string> directories;
  std::string temporary;
  std::optional<PrivateMount> mount;  // of its first share; nothing: it finds the directory itself
  // Of a container whose first share is mounted in a home directory: the path of that, and where it is found.
  std::string home_path{};
  std::string home{};
};

bool is_below(const std::string& value, std::string_view path) {
  return value.starts_with(path) && (value.size() == path.size() || value[path.size()] == '/');
}

// The value with the directory of a mount, or that for temporary files, in place of the path at which the
// container would have it.
std::string with_directories(std::string value, const PlacedContainer& container) {
  for (std::size_t i = 0; i < container.directories.size(); ++i) {
    const std::string& path = container.spec.mounts[i].path;
    if (is_below(value, path)) return container.directories[i] + value.substr(path.size());
  }
  if (!container.home.empty() && is_below(value, container.home_path))
    return container.home + value.substr(container.home_path.size());
  return is_below(value, kTemporary) ? container.temporary + value.substr(kTemporary.size()) : value;
}

// As the container is where its mount fails.
PlacedContainer without_mount_of(PlacedContainer container) {
  for (std::string& directory : container.directories) {
    if (directory == container.mount->path) directory = container.mount->share;
  }
  container.home = container.mount->home;
  container.mount.reset();
  return container;
}

// The home directory that the first share is mounted in, else that share, else that of a container without
// one.
std::string home_of(const PlacedContainer& container, const std::string& without_share) {
  if (!container.home.empty()) return container.home;
  for (std::size_t i = 0; i < container.directories.size(); ++i) {
    if (!container.spec.mounts[i].share.empty()) return container.directories[i];
  }
  return without_share;
}

std::string path_variable() {
  const char* path = std::getenv("PATH");
  return path && *path ? path : std::string(kDefaultPath);
}

// Null when there is none of that name.
std::shared_ptr<const ContainerUser> user_named(const std::string& name) {
  if (name.empty()) return nullptr;
  auto found = find_user(name);
  return found ? std::make_shared<const ContainerUser>(std::move(*found)) : nullptr;
}

// Signals go to the threads of the program.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

Error invalid(const char* option, const std::string& message) {
  return invalid_request({{option, message}});
}

}  // namespace

struct DEV8AGENT_HIDDEN ProcessRuntime::Impl {
  ProcessOptions options;
  std::shared_ptr<const ContainerUser> user;
  std::unique_ptr<ShareDirectories> shares;
  bool mounts_shares = false;
  std::shared_ptr<Launches> launches;
  std::mutex mutex;                              // guards `variables`
  std::map<std::string, std::string> variables;  // of every container
  std::thread thread;

  uid_t user_id() const { return user ? user->user : geteuid(); }
  gid_t group_id() const { return user ? user->group : getegid(); }
  Status place_share(const ContainerMount& mount, PlacedContainer& container, ProcessGroup& group) const;
  Result<std::string> make_home(const std::string& path, ProcessGroup& group) const;
  Result<PlacedContainer> place(const ContainerSpec& spec, ProcessGroup& group) const;
  ContainerCommand command(const PlacedContainer& container, const std::vector<std::string>& own_command,
                           const AddressClaim& claim);
  std::vector<ProbePlan> probes(const PlacedContainer& container, const AddressClaim& claim);
  std::map<std::string, std::string> environment(const PlacedContainer& container, const std::string& address,
                                                 const std::string& home);
};

// A directory for the home directory that `path` is in, which goes with the group; empty where it is in none.
Result<std::string> ProcessRuntime::Impl::make_home(const std::string& path, ProcessGroup& group) const {
  if (home_above(path).empty()) return std::string();
  auto made = shares->make_files({});
  if (made.ok()) group.directories.push_back(*made);
  return made;
}

// The first share is where the definition mounts it, if that is possible. Else the home directory that it
// would be in has a link to it.
Status ProcessRuntime::Impl::place_share(const ContainerMount& mount, PlacedContainer& container,
                                         ProcessGroup& group) const {
  std::string directory = shares->path(mount.storage_account, mount.share);
  const auto is_share = [](const ContainerMount& one) { return !one.share.empty(); };
  const auto first = std::find_if(container.spec.mounts.begin(), container.spec.mounts.end(), is_share);
  if (&*first != &mount) {
    container.directories.push_back(std::move(directory));
    return Done{};
  }
  auto home = make_home(mount.path, group);
  if (!home.ok()) return home.error();
  if (mounts_shares)
    container.mount = plan_private_mount(directory, mount.path, user_id(), group_id(), *home);
  container.home_path = home_above(mount.path);
  container.home = container.mount ? container.home_path : *home;
  container.directories.push_back(container.mount ? mount.path : directory);
  if (container.mount || home->empty()) return Done{};
  std::error_code error;
  std::filesystem::create_symlink(directory, *home + mount.path.substr(container.home_path.size()), error);
  if (error) return make_error(ErrorCode::kInternal, "cannot link the share: " + error.message());
  return Done{};
}

// Makes the directories of secret volumes and for temporary files, which go with the group.
Result<PlacedContainer> ProcessRuntime::Impl::place(const ContainerSpec& spec, ProcessGroup& group) const {
  PlacedContainer placed{spec, {}, {}, {}, {}, {}};
  auto temporary = shares->make_files({});
  if (!temporary.ok()) return temporary.error();
  group.directories.push_back(*temporary);
  placed.temporary = std::move(*temporary);
  for (const ContainerMount& mount : spec.mounts) {
    if (!mount.share.empty()) {
      auto share_placed = place_share(mount, placed, group);
      if (!share_placed.ok()) return share_placed.error();
      continue;
    }
    auto made = shares->make_files(mount.files);
    if (!made.ok()) return made.error();
    group.directories.push_back(*made);
    placed.directories.push_back(std::move(*made));
  }
  return placed;
}

std::map<std::string, std::string> ProcessRuntime::Impl::environment(const PlacedContainer& container,
                                                                     const std::string& address,
                                                                     const std::string& home) {
  std::map<std::string, std::string> result;
  for (const auto& [name, value] : container.spec.variables)
    result[name] = with_directories(value, container);
  result["DEV8_ADDRESS"] = address;
  const std::lock_guard lock(mutex);
  result.insert(variables.begin(), variables.end());
  result.emplace("HOME", home);
  result.emplace("PATH", shares->bin() + ":" + path_variable());
  result.emplace("LANG", "C.UTF-8");
  // Not the user's own: that of "nobody" is no shell, and terminals would end at once.
  result.emplace("SHELL", access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh");
  if (user) result.emplace("USER", user->name);
  return result;
}

ContainerCommand ProcessRuntime::Impl::command(const PlacedContainer& container,
                                               const std::vector<std::string>& own_command,
                                               const AddressClaim& claim) {
  ContainerCommand made;
  made.address = claim.descriptor();
  made.directory = home_of(container, shares->scratch());
  made.variables = environment(container, claim.address(), made.directory);
  if (kLimitsMemory) made.memory_bytes = static_cast<std::uint64_t>(container.spec.memory_gb * kBytesOfGb);
  made.stop_grace = options.stop_grace;
  made.mount = container.mount;
  if (container.mount) {
    const PlacedContainer unmounted = without_mount_of(container);
    if (!unmounted.home.empty())
      made.link_unmounted = unmounted.home + container.mount->path.substr(unmounted.home_path.size());
    made.directory_unmounted = home_of(unmounted, shares->scratch());
    made.variables_unmounted = environment(unmounted, claim.address(), made.directory_unmounted);
  }
  const std::string line = command_of_image(options.images, container.spec.image).value_or("exit 127");
  made.arguments = {"/bin/sh", "-c", own_command.empty() ? line : "exec \"$0\" \"$@\""};
  made.arguments.insert(made.arguments.end(), own_command.begin(), own_command.end());
  return made;
}

std::vector<ProbePlan> ProcessRuntime::Impl::probes(const PlacedContainer& container,
                                                    const AddressClaim& claim) {
  std::vector<ProbePlan> plans;
  for (const ContainerProbe& probe : container.spec.probes)
    plans.push_back({probe, claim.address(), command(container, probe.command, claim), user});
  return plans;
}

ProcessRuntime::ProcessRuntime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::shared_ptr<ProcessRuntime>> ProcessRuntime::make(ProcessOptions options) {
  if (options.images.empty()) return invalid("images", "must name a command for one image at least");
  if (options.stop_grace < std::chrono::milliseconds(0)) return invalid("stop_grace", "must not be negative");
  if (options.restart_delay < std::chrono::milliseconds(1))
    return invalid("restart_delay", "must be 1 ms at least");
  auto user = user_named(options.user);
  if (!options.user.empty() && !user) return invalid("user", "must be a user of this machine");
  if (user && user->user != geteuid() && geteuid() != 0)
    return invalid("user", "must be left out unless this process runs as root");
  auto shares = ShareDirectories::make(options.directory, user);
  if (!shares.ok()) return shares.error();
  auto copied = (*shares)->add_programs(options.programs);
  if (!copied.ok()) return copied.error();
  auto launches = Launches::make();
  if (!launches) return make_error(ErrorCode::kInternal, "there is no descriptor to spare");
  if (user && user->user == geteuid()) user.reset();  // nothing to change
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->user = std::move(user);
  impl->shares = std::move(*shares);
  impl->mounts_shares = can_mount_privately(impl->shares->scratch(), impl->user_id(), impl->group_id());
  impl->launches = std::move(launches);
  std::shared_ptr<ProcessRuntime> runtime(new ProcessRuntime(std::move(impl)));
  runtime->impl_->thread = std::thread([all = runtime->impl_->launches] {
    block_signals();
    all->run();
  });
  return runtime;
}

ProcessRuntime::~ProcessRuntime() {
  impl_->launches->end();
  if (impl_->thread.joinable()) impl_->thread.join();
}

bool ProcessRuntime::mounts_shares() const {
  return impl_->mounts_shares;
}

bool ProcessRuntime::knows(std::string_view image) const {
  return command_of_image(impl_->options.images, image).has_value();
}

Result<std::shared_ptr<ContainerRun>> ProcessRuntime::start(ContainerLaunch launch,
                                                            std::shared_ptr<ContainerRun> replaced) {
  auto address = replaced ? Launches::claim_of(*replaced) : AddressClaim::take();
  if (!address) return make_error(ErrorCode::kInternal, "there is no loopback address left");
  const TimePoint due = std::chrono::steady_clock::now() + launch.delay;
  auto group = std::make_shared<ProcessGroup>();
  group->id = std::move(launch.group);
  group->address = std::move(address);
  for (const ContainerSpec& spec : launch.containers) {
    auto placed = impl_->place(spec, *group);
    if (!placed.ok()) return placed.error();
    const AddressClaim& own = *group->address;
    ContainerPlan plan{impl_->command(*placed, spec.command, own), impl_->user, launch.restart,
                       impl_->probes(*placed, own), impl_->options.restart_delay};
    group->containers.emplace_back(std::move(plan), due);
  }
  return impl_->launches->add(std::move(group));
}

Result<std::string> ProcessRuntime::make_share(std::string_view storage_account, std::string_view share) {
  return impl_->shares->make_share(storage_account, share);
}

void ProcessRuntime::remove_share(std::string_view storage_account, std::string_view share) {
  impl_->shares->remove_share(storage_account, share);
}

Result<std::string> ProcessRuntime::rename_share(std::string_view storage_account, std::string_view from,
                                                 std::string_view to) {
  return impl_->shares->rename_share(storage_account, from, to);
}

void ProcessRuntime::set_variables(std::map<std::string, std::string> variables) {
  const std::lock_guard lock(impl_->mutex);
  impl_->variables = std::move(variables);
}

}  // namespace dev8agent::emulator
