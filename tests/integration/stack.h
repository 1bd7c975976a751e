// A whole stack for one test: the emulated Azure in the test's process, the daemon as its child, and a
// client.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon_process.h"
#include "dev8agent/emulator.h"
#include "rest_client.h"

// The emulated Azure behind loopback ports, and the daemon's variables that lead there.
class TestAzure {
 public:
  explicit TestAzure(dev8agent::emulator::EmulatorOptions options = quick());

  // Containers that come up within a tenth of a second.
  static dev8agent::emulator::EmulatorOptions quick();

  dev8agent::emulator::Emulator& emulator() { return emulator_; }
  const DaemonProcess::Environment& variables() const { return variables_; }

 private:
  std::shared_ptr<dev8agent::Scheduler> scheduler_;
  dev8agent::emulator::Emulator emulator_;
  std::unique_ptr<dev8agent::emulator::EmulatorServer> server_;
  DaemonProcess::Environment variables_;
};

using Variables = DaemonProcess::Environment;

struct Stack {
  explicit Stack(const Variables& extra = {},
                 dev8agent::emulator::EmulatorOptions options = TestAzure::quick());

  TestAzure azure;
  DaemonProcess daemon;
  RestClient client;
};

// A create body for `id`; `more` is further members, each with a leading comma.
std::string create_body(const std::string& id, const std::string& more = "");
// {"workspaceId": id, "cloudRegion": "eastus"} and `more`.
std::string id_body(const std::string& id, const std::string& more = "");

// Asks until it holds; false when it does not within a minute.
bool eventually(const std::function<bool()>& holds);
