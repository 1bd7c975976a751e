// The containers of one launch, and all launches of a runtime with what wakes their thread.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "processes/address_claim.h"
#include "processes/container_process.h"
#include "processes/listeners.h"

namespace dev8agent::emulator {

// Guarded by Launches::mutex.
struct ProcessGroup {
  std::string id;
  std::shared_ptr<const AddressClaim> address;
  std::vector<ContainerProcess> containers;
  std::vector<std::string>
      directories{};  // of secret volumes, home and temporary files; removed when it is over

  ProcessGroup() = default;
  ProcessGroup(const ProcessGroup&) = delete;
  ~ProcessGroup();
  bool alive() const;
  // Nothing runs, and nothing will.
  bool over() const;
  void stop();
};

// Held by the runtime, its thread, and by each ContainerRun.
class Launches : public std::enable_shared_from_this<Launches> {
 public:
  // Null when there is no descriptor to spare.
  static std::shared_ptr<Launches> make();

  // Stops earlier launches of the same id and takes this one in. After end() it is not started. Any thread.
  std::shared_ptr<ContainerRun> add(std::shared_ptr<ProcessGroup> group);
  // The address of a launch of any runtime.
  static std::shared_ptr<const AddressClaim> claim_of(const ContainerRun& run);
  // Stops all, and lets run() return when nothing is left. Any thread.
  void end();
  // Waits for what happens and acts, until end(). On the runtime's thread.
  void run();

  // For ContainerRun: stops the group.
  void stop(ProcessGroup& group);
  std::mutex& mutex() const { return mutex_; }

  explicit Launches(Descriptor wake) : wake_(std::move(wake)) {}

 private:
  void wake() const;
  // One round under the mutex. Returns the descriptors to wait for and how long, in ms; < 0: without end.
  // `left` gets the directories of what is over.
  int round(std::vector<pollfd>& events, std::vector<std::string>& left);
  std::vector<pid_t> guardians() const;
  // Kills what listens beyond this machine, and says so in the container's log.
  void end_exposed(ListenerWatch& watch);
  // An earlier launch of the same group still has processes.
  bool must_wait(const ProcessGroup& group) const;

  mutable std::mutex mutex_;
  std::list<std::shared_ptr<ProcessGroup>> groups_;  // in the order of their launches
  bool ending_ = false;
  Descriptor wake_;  // an eventfd
};

}  // namespace dev8agent::emulator
