// A whole stack for one test: the emulated Azure in the test's process, the daemon as
// its child, and a client. Everything is real but Azure: HTTP on loopback, real time,
// the daemon's own binary.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon_process.h"
#include "dev8agent/emulator.h"
#include "rest_client.h"
#include "support/jumping_scheduler.h"

// The emulated Azure behind loopback ports, and the daemon's variables that lead there.
// Several daemons may use one, as replicas do.
class TestAzure {
 public:
  // Throws std::runtime_error when no port can be had.
  explicit TestAzure(dev8agent::emulator::EmulatorOptions options = quick());

  // Containers that come up, start and restart within a tenth of a second, and shares
  // that are deleted at once.
  static dev8agent::emulator::EmulatorOptions quick();
  // The same, but new containers come up when come_up() says so, however slow the machine is.
  static dev8agent::emulator::EmulatorOptions held();

  // Only with held(): all that Azure has accepted so far comes up now, and all later within a tenth of a
  // second.
  void come_up();

  // To set scenarios and to look behind the API, also while the daemon runs.
  dev8agent::emulator::Emulator& emulator() { return emulator_; }
  // All that a daemon needs to work, without a port and API keys.
  const DaemonProcess::Environment& variables() const { return variables_; }

 private:
  std::shared_ptr<dev8agent::test::JumpingScheduler> scheduler_;
  dev8agent::emulator::Emulator emulator_;
  std::unique_ptr<dev8agent::emulator::EmulatorServer> server_;
  DaemonProcess::Environment variables_;
};

// Variables for the daemon: "" sets one to nothing, which counts as absent.
using Variables = DaemonProcess::Environment;

// Example: one test with a key.
//
//   Stack stack(Variables{{"API_KEYS", key}});
//   CHECK(stack.client.get("/api/v1/environments").status == 401);
//
// The members are made in this order and destroyed in the other one, so Azure outlives
// the daemon.
struct Stack {
  // The daemon gets TestAzure's variables and a free port, with `extra` on top.
  explicit Stack(const Variables& extra = {},
                 dev8agent::emulator::EmulatorOptions options = TestAzure::quick());

  TestAzure azure;
  DaemonProcess daemon;
  RestClient client;
};

// A create body for `id`: 2 vCPU, 4 GB of memory, 20 GB of storage, in eastus, of
// "user-1". `more` is further members, each with a leading comma:
// `,"baseImage":"node"`.
std::string create_body(const std::string& id, const std::string& more = "");
// {"workspaceId": id, "cloudRegion": "eastus"} and `more`.
std::string id_body(const std::string& id, const std::string& more = "");

// Asks again and again until it holds; false when it does not within five minutes, which
// is less than the limit of ctest. Each question should take some time, such as a
// request: there is no pause between them.
bool eventually(const std::function<bool()>& holds);
