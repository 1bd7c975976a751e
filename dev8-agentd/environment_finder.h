// EnvironmentFinder: which environments there are, for readers of the events of many. A list costs Azure one
// question for each environment. So those who ask while one is read share the next one. Any thread.
//
//   finder.find("user-1", [](const EnvironmentFinder::Found& found) { ... });
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/environment.h"
#include "dev8agent/event.h"
#include "dev8agent/operation.h"

namespace dev8agentd {

class EnvironmentFinder {
 public:
  using Found = dev8agent::Result<std::vector<dev8agent::EventsRequest>>;
  using Tell = std::function<void(const Found&)>;
  using List = std::function<dev8agent::Operation<dev8agent::EnvironmentPage>(dev8agent::ListRequest)>;

  // `list` is EnvironmentOrchestrator::list. The finder must outlive what it begins.
  explicit EnvironmentFinder(List list) : list_(std::move(list)) {}
  EnvironmentFinder(const EnvironmentFinder&) = delete;

  // Those of `user_id`, or all when that is empty, in a list that is asked for after this call; at most
  // 1,000. `tell` is called once, from any thread, perhaps before this returns.
  void find(const std::string& user_id, Tell tell);

 private:
  using Tells = std::vector<Tell>;
  // One list, page after page, and who gets it.
  struct Run;

  void begin(const std::string& user_id);
  void read_page(const std::shared_ptr<Run>& run, int page, const std::string& cursor);
  void end(const std::string& user_id, const Tells& tells, const Found& found);

  const List list_;
  std::mutex mutex_;
  std::map<std::string, Tells> next_;  // by user, while a list is read: who gets the next one
};

}  // namespace dev8agentd
