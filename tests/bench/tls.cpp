// Figures of the daemon's own TLS, under --dev: memory of idle connections and of unfinished handshakes,
// handshakes a second, and requests a second beside those over plain HTTP. Usage: dev8-tls [seconds per
// load].
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <list>
#include <sstream>
#include <thread>

#include "bench/process_figures.h"
#include "integration/daemon_process.h"
#include "support/certificate_chain.h"
#include "support/temp_directory.h"
#include "support/tls_client.h"

namespace {

using Clock = std::chrono::steady_clock;
using dev8agent::test::CertificateChain;
using dev8agent::test::TempDirectory;

constexpr int kConnections = 4000;
constexpr int kThreads = 32;  // clients that ask at the same time

const std::string kLive = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string kEnd = "\"alive\"}";

DaemonProcess::Environment variables(const DaemonProcess::Environment& extra) {
  DaemonProcess::Environment all = {{"AGENT_PORT", "0"},
                                    {"LOG_LEVEL", "warn"},
                                    {"RATE_LIMIT_RPS", "1000000"},
                                    {"RATE_LIMIT_BURST", "1000000"}};
  all.insert(extra.begin(), extra.end());
  return all;
}

// In KiB.
long resident(const DaemonProcess& daemon) {
  std::ifstream file("/proc/" + std::to_string(daemon.pid()) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

// Reads through `read`, in large pieces, until the answer is there.
template <class Read>
void await_answer(Read read) {
  std::string answer;
  char buffer[4096];
  while (!answer.ends_with(kEnd)) {
    const auto size = read(buffer, sizeof(buffer));
    if (size <= 0) std::abort();
    answer.append(buffer, static_cast<std::size_t>(size));
  }
}

void ask(TlsClient& client) {
  client.send(kLive);
  await_answer(
      [&](char* buffer, std::size_t size) { return SSL_read(client.ssl(), buffer, static_cast<int>(size)); });
}

void ask(const RawClient& client) {
  client.send(kLive);
  await_answer([&](char* buffer, std::size_t size) { return recv(client.descriptor(), buffer, size, 0); });
}

// How often a second `work`, made by `begin` for each thread, is done.
void measure(const char* what, const DaemonProcess& daemon, double seconds,
             const std::function<std::function<void()>()>& begin) {
  std::atomic<long> count{0};
  std::list<std::thread> threads;
  const double cpu_before = cpu_seconds(daemon.pid());
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const auto work = begin();
      for (; std::chrono::steady_clock::now() < end; ++count) work();
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double times = static_cast<double>(count);
  std::printf("%s: %.0f a second, daemon %.1f us of CPU each\n", what, times / seconds,
              (cpu_seconds(daemon.pid()) - cpu_before) * 1e6 / times);
}

void measure_memory(const DaemonProcess& daemon) {
  const long before = resident(daemon);
  std::list<TlsClient> idle;
  for (int i = 0; i < kConnections; ++i) ask(idle.emplace_back(daemon.port(), TlsClient::Options{}));
  const long with_idle = resident(daemon);
  std::printf("idle connection: %.1f KiB\n", static_cast<double>(with_idle - before) / kConnections);
  std::list<RawClient> unfinished;
  for (int i = 0; i < kConnections; ++i)
    unfinished.emplace_back(daemon.port()).send("\x16\x03\x01\x02\x00\x01");
  ask(idle.back());
  std::printf("unfinished handshakes, %d attempted: %.1f MiB\n", kConnections,
              static_cast<double>(resident(daemon) - with_idle) / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const double seconds = argc > 1 ? std::atof(argv[1]) : 5;
  const TempDirectory directory;
  const CertificateChain chain;
  const DaemonProcess plain({"--dev"}, variables({}));
  const DaemonProcess daemon(
      {"--dev"}, variables({{"AGENT_TLS_CERTIFICATE", directory.write("chain.pem", chain.chain())},
                            {"AGENT_TLS_KEY", directory.write("key.pem", chain.key())}}));
  measure_memory(daemon);
  measure("GET /live over plain HTTP", plain, seconds, [&] {
    auto client = std::make_shared<RawClient>(plain.port());
    return [client] { ask(*client); };
  });
  measure("GET /live over TLS", daemon, seconds, [&] {
    auto client = std::make_shared<TlsClient>(daemon.port(), TlsClient::Options{});
    return [client] { ask(*client); };
  });
  measure("handshakes with P-256 and a request each", daemon, seconds, [&] {
    return [&] {
      TlsClient client(daemon.port(), {});
      ask(client);
    };
  });
  return 0;
}
