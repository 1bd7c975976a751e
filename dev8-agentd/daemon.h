// Daemon: one daemon from configuration to clean stop, as main() drives it. One thread.
//
//   auto daemon = Daemon::make(flags);        // reads and checks the configuration
//   auto url = (*daemon)->start(on_end);      // serves
//   // ... wait for a signal ...
//   const bool clean = (*daemon)->stop();
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

// Owns all parts: with --dev the emulator, then log, settings, agent and server, which end in reverse order.
class Daemon {
 public:
  // Gathers and checks the configuration; with --dev it starts the emulator. Nothing listens yet.
  // kInvalidRequest lists everything that is wrong, with the variable as the field.
  static dev8agent::Result<std::unique_ptr<Daemon>> make(const CommandLine& flags);
  ~Daemon();

  // The effective configuration as variable and value, secrets masked. Before start() only, which hands the
  // settings on.
  std::vector<std::pair<std::string, std::string>> describe() const;

  // Variables that are not known and near to a known one: name and nearest name. Before start() only.
  std::vector<std::pair<std::string, std::string>> misspelt() const;

  // Listens, and returns the URL that it really listens on, such as "http://127.0.0.1:8080" or "https://...".
  // `on_end` is called, on the loop's thread, when serving ends before stop(). kConflict: the address cannot
  // be had. Call it once.
  dev8agent::Result<std::string> start(std::function<void()> on_end);
  // Tells the service manager, if one waits for it, that the daemon serves, and gives back the memory that
  // only the start has needed. After start() has succeeded.
  void announce_ready() const;
  // SIGHUP came: reads API_KEYS_FILE, and certificate and key of TLS, again, and tells the service manager. A
  // file that is broken changes nothing, and is logged. Only after start() has succeeded.
  void hang_up();
  // Tells the service manager, refuses new operations, waits for callers within AGENT_SHUTDOWN_GRACE_SECONDS,
  // answers the rest with 503, and stops serving. Operations without a caller are not waited for; the log
  // names those that are left. False: serving had failed before. Only after start() has succeeded; blocks for
  // the grace and a little more.
  bool stop();

 private:
  struct Impl;
  explicit Daemon(std::unique_ptr<Impl> impl);
  void read_keys_again(const Settings& settings);
  void note_configuration();
  void read_certificate_again(const Settings& settings);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agentd
