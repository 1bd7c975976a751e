// A program that has another version of cpp-httplib for itself, and Debian's RapidJSON, and runs the
// emulator's server, which is built on its own version of both. Exits 0 when each works beside the other.
#include <dev8agent/emulator.h>
#include <httplib.h>
#include <rapidjson/document.h>

#include <cstdio>
#include <thread>

namespace {

// What `port` answers to GET / through this program's own client.
int status_of(int port) {
  httplib::Client client("127.0.0.1", port);
  const auto answer = client.Get("/");
  return answer ? answer->status : 0;
}

}  // namespace

int main() {
  auto scheduler = dev8agent::make_default_scheduler();
  if (!scheduler.ok()) return 1;
  dev8agent::emulator::Emulator azure({}, *scheduler);
  auto server = dev8agent::emulator::EmulatorServer::start(azure, {});
  if (!server.ok()) return std::fprintf(stderr, "%s\n", server.error().message.c_str()), 1;

  httplib::Server own;
  own.Get("/", [](const httplib::Request&, httplib::Response& answer) { answer.status = 299; });
  const int port = own.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { own.listen_after_bind(); });
  while (!own.is_running()) std::this_thread::yield();

  const std::string endpoint = (*server)->resource_manager_endpoint();
  const int emulated = status_of(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  const int mine = status_of(port);
  own.stop();
  thread.join();

  rapidjson::Document document;
  document.Parse("{\"a\": 1}");
  std::printf("cpp-httplib %s beside the emulator's: own %d, emulator %d\n", CPPHTTPLIB_VERSION, mine,
              emulated);
  return mine == 299 && emulated >= 400 && emulated < 500 && document["a"].GetInt() == 1 ? 0 : 1;
}
