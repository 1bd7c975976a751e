// One daemon from configuration to clean stop: what main() drives.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command_line.h"
#include "configuration.h"
#include "dev8agent/options.h"
#include "dev8agent/result.h"

namespace dev8agentd {

class Daemon {
 public:
  // Gathers and checks the configuration; kInvalidRequest lists everything wrong with it.
  static dev8agent::Result<std::unique_ptr<Daemon>> make(const CommandLine& flags);
  ~Daemon();

  // The effective configuration as variable and value, secrets masked.
  std::vector<std::pair<std::string, std::string>> describe() const;

  // Variables that are not known and near to a known one: name and nearest name.
  std::vector<std::pair<std::string, std::string>> misspelt() const;

  // Listens, and returns the URL that it really listens on; `on_end` is called when serving ends before
  // stop().
  dev8agent::Result<std::string> start(std::function<void()> on_end);
  // SIGHUP came: logs that no setting is read again.
  void hang_up();
  // Refuses new operations, waits for those under way within the grace, and stops serving. False: serving had
  // failed.
  bool stop();

 private:
  struct Impl;
  explicit Daemon(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agentd
