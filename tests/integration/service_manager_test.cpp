// What the daemon tells systemd, which the test stands for.
#include <doctest/doctest.h>
#include <signal.h>

#include "stack.h"
#include "support/notify_socket.h"
#include "support/temp_directory.h"

using dev8agent::test::NotifySocket;
using dev8agent::test::TempDirectory;

TEST_CASE("a reload is told, and its end") {
  const TempDirectory directory;
  const NotifySocket socket((directory.path() / "notify").string());
  const std::string keys = directory.write("keys", "first-key-of-32-characters-00001\n");
  DaemonProcess daemon({"--dev", "--port", "0"}, {{"NOTIFY_SOCKET", socket.name()}, {"API_KEYS_FILE", keys}});
  CHECK(socket.next() == "READY=1");
  daemon.signal(SIGHUP);
  CHECK(socket.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(socket.next() == "READY=1");
}

TEST_CASE("READY when it listens, nothing for a SIGHUP that changes nothing, STOPPING for SIGTERM") {
  const TempDirectory directory;
  const NotifySocket socket((directory.path() / "notify").string());
  DaemonProcess daemon({"--dev", "--port", "0"}, {{"NOTIFY_SOCKET", socket.name()}});
  CHECK(socket.next() == "READY=1");
  CHECK(RestClient(daemon.url()).get("/live").status == 200);
  daemon.signal(SIGHUP);
  CHECK(daemon.wait_for_log("daemon.hangup"));
  daemon.signal(SIGTERM);
  CHECK(socket.next() == "STOPPING=1");
  CHECK(daemon.wait() == 0);
  CHECK_FALSE(socket.has_message());
}

TEST_CASE("signs of life come until the end when the watchdog is on") {
  const TempDirectory directory;
  const NotifySocket socket((directory.path() / "notify").string());
  DaemonProcess daemon({"--dev", "--port", "0"},
                       {{"NOTIFY_SOCKET", socket.name()}, {"WATCHDOG_USEC", "20000"}});
  int alive = 0;
  int ready = 0;
  while (alive < 5 || ready < 1) (socket.next() == "READY=1" ? ready : alive) += 1;
  CHECK(ready == 1);
  daemon.signal(SIGTERM);
  while (socket.next() == "WATCHDOG=1") {
  }
  CHECK(daemon.wait() == 0);
}

TEST_CASE("a daemon that does not start is never ready") {
  const TempDirectory directory;
  const NotifySocket socket((directory.path() / "notify").string());
  DaemonProcess daemon({"--dev", "--host", "0.0.0.0"}, {{"NOTIFY_SOCKET", socket.name()}});
  CHECK(daemon.wait() == 1);
  CHECK_FALSE(socket.has_message());
}

TEST_CASE("a service manager that is not there stops nothing") {
  const TempDirectory directory;
  DaemonProcess daemon({"--dev", "--port", "0"}, {{"NOTIFY_SOCKET", (directory.path() / "absent").string()}});
  CHECK(daemon.wait_for_log("service_manager.unreachable"));
  CHECK(RestClient(daemon.url()).get("/live").status == 200);
  daemon.signal(SIGTERM);
  CHECK(daemon.wait() == 0);
}
