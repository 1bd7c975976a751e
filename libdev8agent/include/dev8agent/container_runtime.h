// What the emulator runs containers on. Without a runtime a container group is an entry in a table; with one
// it is real: ProcessRuntime makes each container a process of this machine and each share a directory.
// Component dev8agent::emulator. Used by Emulator, through EmulatorOptions::runtime. Any thread.
//
//   auto runtime = dev8agent::emulator::ProcessRuntime::make({.images = {{"*", "exec sleep infinity"}}});
//   if (!runtime.ok()) return fail(runtime.error());
//   dev8agent::emulator::EmulatorOptions options;
//   options.runtime = *runtime;  // its groups are processes of this machine
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/export.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"

namespace dev8agent::emulator {
inline namespace DEV8AGENT_ABI {

// What a container mounts: a share, or a secret volume, which is a directory with these files.
struct ContainerMount {
  std::string path{};  // in the container: "/home/dev8"
  std::string storage_account{};
  std::string share{};                         // empty: a secret volume
  std::map<std::string, std::string> files{};  // content by name; of a secret volume
};

// How a running container is asked whether it is well: by a command, or by a GET of its address.
struct ContainerProbe {
  std::vector<std::string> command{};  // in the container; well when it exits with 0. Empty: a GET
  int port = 0;
  std::string path = "/";  // well when the status is 200 to 399
  std::chrono::seconds initial_delay{0};
  std::chrono::seconds period{10};
  std::chrono::seconds timeout{1};
  int failure_threshold = 3;    // how many failures in a row count
  bool ends_container = false;  // then the container is ended: a liveness probe
};

// A container as its group's definition asks for it.
struct ContainerSpec {
  std::string name{};
  std::string image{};
  std::vector<std::string> command{};              // empty: what the image runs
  std::map<std::string, std::string> variables{};  // secure ones, too
  std::vector<ContainerMount> mounts{};
  std::vector<ContainerProbe> probes{};
  double memory_gb = 0;
};

// When a container whose program has ended is started again: always, after an exit code other than 0, or
// never.
enum class ContainerRestart { kAlways, kOnFailure, kNever };

// The containers of a group, to be started.
struct ContainerLaunch {
  std::string group{};  // ARM's id of the group
  ContainerRestart restart = ContainerRestart::kAlways;
  std::chrono::milliseconds delay{0};  // from now until they start
  std::vector<ContainerSpec> containers{};
};

// From the start of a container to its end.
struct ContainerLife {
  TimePoint started{};
  std::optional<TimePoint> finished{};  // nothing: it runs
  int exit_code = 0;                    // once it has finished: 128 + the signal's number when one ended it
};

// A container at one moment.
struct ContainerStatus {
  std::optional<ContainerLife> current{};   // nothing: it has not been started
  std::optional<ContainerLife> previous{};  // before the last restart
  int restarts = 0;                         // by itself, after it had ended
  int probes_failed = 0;                    // how often a probe has failed
  std::optional<TimePoint> probe_failed{};  // when that was last
  int probes_ended_it = 0;                  // how often a probe has ended the container
  std::optional<TimePoint> probe_ended_it{};
  bool backing_off = false;  // it has ended, and will be started again later
  bool ended = false;        // it has ended, and will not be started again
};

// A line of a container's output.
struct LogLine {
  TimePoint at{};      // when it began
  std::string text{};  // without its end
  bool whole = false;  // its end has been written
};

// The running containers of one group. Thread-safe. Destruction stops them without waiting for their end.
class DEV8AGENT_EXPORT ContainerRun {
 public:
  virtual ~ContainerRun() = default;
  // The address that they have for themselves: "127.88.0.1".
  virtual std::string address() const = 0;
  // In the order of ContainerLaunch::containers.
  virtual std::vector<ContainerStatus> status() const = 0;
  // The last lines, at most `tail`, of the container of that index; at most 4 MB are kept.
  virtual std::vector<LogLine> log(std::size_t container, std::size_t tail) const = 0;
  // Asks them to end and does not wait; they are not started again.
  virtual void stop() = 0;
};

// Starts containers and keeps shares. Thread-safe. Its functions may be called under the emulator's mutex, so
// they never call the emulator.
class DEV8AGENT_EXPORT ContainerRuntime {
 public:
  virtual ~ContainerRuntime() = default;
  // Whether `image` can be run.
  virtual bool knows(std::string_view image) const = 0;
  // Starts the containers after the delay, and when those of earlier runs of the group have ended. With
  // `replaced`, which is stopped, they keep its address. Fails when there is no address left.
  virtual Result<std::shared_ptr<ContainerRun>> start(ContainerLaunch launch,
                                                      std::shared_ptr<ContainerRun> replaced) = 0;
  // Makes the share's directory, empty, and returns its path.
  virtual Result<std::string> make_share(std::string_view storage_account, std::string_view share) = 0;
  // Removes the directory with all files.
  virtual void remove_share(std::string_view storage_account, std::string_view share) = 0;
  // Gives the directory of the share `from` to the share `to`, which has none, and returns its path.
  virtual Result<std::string> rename_share(std::string_view storage_account, std::string_view from,
                                           std::string_view to) = 0;
};

// How processes stand for containers.
struct ProcessOptions {
  // Image to command line of /bin/sh. An image without tag stands for all its tags; "*" for every image.
  std::map<std::string, std::string> images{};
  std::string user{};  // whom the processes run as; empty: as this process does
  std::vector<std::string>
      programs{};  // paths; copied to a directory that is the first of the containers' PATH
  std::chrono::milliseconds stop_grace{10000};     // from SIGTERM to SIGKILL
  std::chrono::milliseconds restart_delay{10000};  // before the first restart; it doubles up to 5 minutes
  std::string directory{};  // where shares are kept; empty: the system's temporary directory
};

// Runs containers as processes of this machine: each group on a loopback address of its own (127.88.0.0/16,
// in the variable DEV8_ADDRESS), each container in a process group of its own, with the container's
// variables, in its HOME: its first share, or /home/NAME for a share at /home/NAME/DIRECTORY. Where
// mounts_shares() and the mount path allow it, it sees that share there, in a mount namespace of its own.
// Else, and for other shares and secret volumes, values of variables that begin with the mount path name the
// directory instead. What is below /tmp, or such a /home/NAME, is empty at each start and goes with the
// container. Memory is limited by RLIMIT_DATA. Where this process is root, containers may listen on ports
// below 1024, whoever they run as. A process that listens on other than loopback addresses is killed within a
// second or two, and the container's log says so. UDP counts on ports that the kernel gives to no client.
//
// Every process ends with the runtime, also when this process is killed: a guardian of each container, forked
// from this process, sees that and kills the container with all its descendants.
class DEV8AGENT_EXPORT ProcessRuntime final : public ContainerRuntime {
 public:
  // kInvalidRequest names the option that is wrong; kInternal: the system has no descriptor or thread to
  // spare.
  static Result<std::shared_ptr<ProcessRuntime>> make(ProcessOptions options);
  // Stops all containers and waits until they have ended: at most `stop_grace`. Removes all shares.
  ~ProcessRuntime() override;

  // True when this system lets containers have mount namespaces: it does for root, and where users may make
  // user namespaces. A mount path counts that is below /home, in a directory that this machine does not have.
  bool mounts_shares() const;

  bool knows(std::string_view image) const override;
  Result<std::shared_ptr<ContainerRun>> start(ContainerLaunch launch,
                                              std::shared_ptr<ContainerRun> replaced) override;
  Result<std::string> make_share(std::string_view storage_account, std::string_view share) override;
  void remove_share(std::string_view storage_account, std::string_view share) override;
  Result<std::string> rename_share(std::string_view storage_account, std::string_view from,
                                   std::string_view to) override;

  // Variables that every container gets unless its definition has them. They count for later starts.
  void set_variables(std::map<std::string, std::string> variables);

 private:
  struct Impl;
  explicit ProcessRuntime(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent::emulator
