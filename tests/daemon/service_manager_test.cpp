// Messages to a service manager, and one that does not listen.
#include "service_manager.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <vector>

#include "support/notify_socket.h"
#include "support/temp_directory.h"

using dev8agent::test::NotifySocket;
using dev8agent::test::TempDirectory;
using dev8agentd::ServiceManager;
using namespace std::chrono_literals;

namespace {

struct Records {
  std::vector<std::string> texts;
  dev8agent::Logger logger() {
    return [this](const dev8agent::LogRecord& record) {
      texts.push_back(record.event);
      for (const auto& field : record.fields) texts.back() += " " + field.name + "=" + field.value;
    };
  }
};

std::chrono::microseconds interval_of(const dev8agent::Variables& variables) {
  return ServiceManager(variables, [](const auto&) {}).alive_interval();
}

}  // namespace

TEST_CASE("messages go to a path or to an abstract name, one datagram each") {
  const TempDirectory directory;
  for (const std::string& name :
       {(directory.path() / "notify").string(), "@dev8-test-" + std::to_string(getpid())}) {
    const NotifySocket socket(name);
    Records records;
    const ServiceManager manager({{"NOTIFY_SOCKET", name}}, records.logger());
    manager.tell("READY=1");
    manager.tell_alive();
    manager.tell("STOPPING=1");
    for (const char* expected : {"READY=1", "WATCHDOG=1", "STOPPING=1"}) {
      REQUIRE(socket.has_message());
      CHECK(socket.next() == expected);
    }
    CHECK(records.texts.empty());
  }
}

TEST_CASE("without NOTIFY_SOCKET nothing is sent, and nothing is said") {
  Records records;
  const ServiceManager manager({{"WATCHDOG_USEC", "1000000"}}, records.logger());
  manager.tell("READY=1");
  manager.tell_alive();
  CHECK(manager.alive_interval() == 0us);
  CHECK(records.texts.empty());
}

TEST_CASE("a service manager that cannot be reached is a line in the log, no more") {
  const TempDirectory directory;
  const std::string absent = (directory.path() / "absent").string();
  for (const std::string& name :
       {absent, std::string("relative"), std::string("vsock:2:1"), "/" + std::string(200, 'x')}) {
    Records records;
    const ServiceManager manager({{"NOTIFY_SOCKET", name}}, records.logger());
    manager.tell("READY=1");
    REQUIRE(records.texts.size() == 1);
    CHECK(records.texts[0].starts_with("service_manager.unreachable state=READY=1 message="));
    CHECK(records.texts[0].size() > std::string("service_manager.unreachable state=READY=1 message=").size());
  }
}

TEST_CASE("a sign of life never waits for a service manager that does not read") {
  const TempDirectory directory;
  const NotifySocket socket((directory.path() / "notify").string());
  Records records;
  const ServiceManager manager({{"NOTIFY_SOCKET", socket.name()}}, records.logger());
  while (records.texts.empty()) manager.tell_alive();
  CHECK(records.texts[0].starts_with("service_manager.unreachable state=WATCHDOG=1"));
}

TEST_CASE("signs of life come twice as often as WATCHDOG_USEC asks, if it is meant for this process") {
  const std::string own = std::to_string(getpid());
  CHECK(interval_of({{"NOTIFY_SOCKET", "@x"}, {"WATCHDOG_USEC", "30000000"}}) == 15s);
  CHECK(interval_of({{"NOTIFY_SOCKET", "@x"}, {"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", own}}) == 15s);
  CHECK(interval_of({{"NOTIFY_SOCKET", "@x"}, {"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "1"}}) == 0us);
  CHECK(interval_of({{"NOTIFY_SOCKET", "@x"}, {"WATCHDOG_USEC", "1"}}) == 1ms);
  for (const char* malformed : {"0", "-5", "1s", "99999999999999999999"})
    CHECK(interval_of({{"NOTIFY_SOCKET", "@x"}, {"WATCHDOG_USEC", malformed}}) == 0us);
}
