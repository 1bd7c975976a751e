// Users, pipes and the fork: see spawn.h.
#include "processes/spawn.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>

#include <array>

#include "processes/guardian.h"

namespace dev8agent::emulator {
namespace {

struct Pipe {
  Descriptor out;
  Descriptor in;

  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
    return true;
  }
  // Sockets instead: writing to one whose other end is closed can be told not to raise SIGPIPE.
  bool open_sockets() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
    return true;
  }
};

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> assignments(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> result;
  for (const auto& [name, value] : variables) result.push_back(name + "=" + value);
  return result;
}

std::string line_unmounted(const ContainerCommand& command) {
  if (!command.mount) return "";
  return "cannot mount the share at " + command.mount->path + ": until the next start it is at " +
         command.mount->share;
}

void set_user(const ContainerUser& user, GuardianOrder& order) {
  order.changes_user = true;
  order.user = user.user;
  order.group = user.group;
  order.groups = user.groups.data();
  order.group_count = user.groups.size();
}

}  // namespace

std::optional<ContainerUser> find_user(const std::string& name) {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found)
    return std::nullopt;
  ContainerUser user{name, found->pw_dir, found->pw_uid, found->pw_gid, {}};
  int count = 0;
  getgrouplist(name.c_str(), user.group, nullptr, &count);
  user.groups.resize(static_cast<std::size_t>(count));
  if (getgrouplist(name.c_str(), user.group, user.groups.data(), &count) < 0) return std::nullopt;
  return user;
}

std::optional<Guardian> spawn(const ContainerCommand& command, const ContainerUser* user) {
  Pipe output;
  Pipe control;
  Pipe report;
  if (!output.open() || !control.open_sockets() || !report.open()) return std::nullopt;
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> variables = assignments(command.variables);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(variables);
  std::vector<std::string> unmounted = assignments(command.variables_unmounted);
  const std::vector<char*> envp_unmounted = pointers(unmounted);
  const std::string line = line_unmounted(command);
  GuardianOrder order;
  order.arguments = argv.data();
  order.environment = envp.data();
  order.directory = command.directory.c_str();
  order.output = output.in.get();
  order.control = control.out.get();
  order.report = report.in.get();
  order.address = command.address;
  order.grace_ms = static_cast<int>(command.stop_grace.count());
  order.memory_bytes = command.memory_bytes;
  if (command.mount) order.mount = &*command.mount;
  order.environment_unmounted = envp_unmounted.data();
  order.directory_unmounted = command.directory_unmounted.c_str();
  order.line_unmounted = line.c_str();
  if (!command.link_unmounted.empty()) order.link_unmounted = command.link_unmounted.c_str();
  if (user) set_user(*user, order);
  const pid_t process = fork();
  if (process < 0) return std::nullopt;
  if (process == 0) run_guardian(order);
  for (const int end : {output.out.get(), report.out.get()}) fcntl(end, F_SETFL, O_NONBLOCK);
  return Guardian{process, std::move(output.out), std::move(control.in), std::move(report.out)};
}

}  // namespace dev8agent::emulator
