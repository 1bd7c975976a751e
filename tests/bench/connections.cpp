// Figures of the daemon's front door, under --dev: memory and the latency of /live while thousands of
// connections are idle, slow or waiting, and requests a second of 64 keep-alive connections. Usage:
// dev8-connections [seconds per load] [LOG_LEVEL, debug to log every request]. Needs `ulimit -n` of 12,000 or
// more.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/process_figures.h"
#include "integration/daemon_process.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kIdle = 10000;
constexpr int kSlow = 1000;
constexpr int kWaiting = 500;
constexpr int kProbes = 3000;
constexpr int kLoadConnections = 64;

const std::string kHost = "Host: localhost\r\n";
const std::string kLive = "GET /live HTTP/1.1\r\n" + kHost + "\r\n";

std::string post(const std::string& body) {
  return "POST /api/v1/environments HTTP/1.1\r\n" + kHost +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

// Closed by the end of the process.
int connect_to(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("connect");
  }
  return descriptor;
}

void send_all(int descriptor, const std::string& text) {
  if (send(descriptor, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("send");
  }
}

// How many bytes the whole answer at the beginning of `text` has, 0 while it is not whole.
std::size_t answer_size(const std::string& text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  const std::size_t length = text.find("Content-Length: ");
  const std::size_t size = head + 4 + (length < head ? std::stoul(text.substr(length + 16)) : 0);
  return text.size() >= size ? size : 0;
}

std::string ask(int descriptor, const std::string& request) {
  send_all(descriptor, request);
  std::string answer;
  char buffer[4096];
  while (answer_size(answer) == 0) {
    const ssize_t size = recv(descriptor, buffer, sizeof(buffer), 0);
    if (size <= 0) throw std::runtime_error("the connection was closed");
    answer.append(buffer, static_cast<std::size_t>(size));
  }
  return answer;
}

// A number of /proc/PID/status.
long status_of(pid_t pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::atol(line.c_str() + name.size() + 1);
  }
  return 0;
}

void print_latencies(const char* what, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  std::printf("%s: p50 %.2f ms, p99 %.2f ms, worst %.2f ms\n", what, times[times.size() / 2],
              times[times.size() * 99 / 100], times.back());
}

void print_memory(const char* when, const DaemonProcess& daemon) {
  std::printf("%s: %.1f MB resident, %ld threads\n", when,
              static_cast<double>(status_of(daemon.pid(), "VmRSS")) / 1024,
              status_of(daemon.pid(), "Threads"));
}

std::vector<double> probe(int port, bool fresh) {
  std::vector<double> times;
  int descriptor = connect_to(port);
  for (int i = 0; i < kProbes; ++i) {
    if (fresh) {
      close(descriptor);
      descriptor = connect_to(port);
    }
    const auto begin = Clock::now();
    ask(descriptor, kLive);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }
  close(descriptor);
  return times;
}

// Tells what the daemon itself counts, so that nobody is taken for waiting who was refused.
void print_counts(int port) {
  const std::string metrics = ask(connect_to(port), "GET /metrics HTTP/1.1\r\n" + kHost + "\r\n");
  for (const char* name : {"dev8_connections_open ", "dev8_http_requests_in_flight "}) {
    const std::size_t at = metrics.find(std::string("\n") + name) + 1;
    std::printf("%s\n", metrics.substr(at, metrics.find('\n', at) - at).c_str());
  }
}

void crowd(const DaemonProcess& daemon) {
  const int port = daemon.port();
  const std::string create = post(
      R"({"workspaceId":"workspace-0001","name":"x","cpuCores":2,"memoryGB":4,"storageGB":20,"cloudRegion":"eastus"})");
  print_memory("at the start", daemon);
  for (int i = 0; i < kIdle; ++i) ask(connect_to(port), kLive);
  print_memory("with 10,000 idle", daemon);
  for (int i = 0; i < kWaiting; ++i) send_all(connect_to(port), create);
  std::vector<int> slow;
  for (int i = 0; i < kSlow; ++i) {
    send_all(slow.emplace_back(connect_to(port)),
             i % 2 == 0 ? "GET /live HTTP/1.1\r\nHost: l" : create.substr(0, 200));
  }
  print_memory("with 500 waiting and 1,000 slow as well", daemon);
  print_counts(port);
  print_latencies("/live on one connection", probe(port, false));
  print_latencies("/live, each on a new connection", probe(port, true));
  print_memory("after that", daemon);
  print_counts(port);
}

// Requests a second of connections that each send the next request when they have the answer to the last.
void load(const char* what, const DaemonProcess& daemon, const std::string& request, double seconds) {
  const int port = daemon.port();
  const int poller = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::string> answers(65536);
  std::vector<Clock::time_point> sent(65536);
  std::vector<double> times;
  for (int i = 0; i < kLoadConnections; ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = connect_to(port);
    epoll_ctl(poller, EPOLL_CTL_ADD, event.data.fd, &event);
    sent[static_cast<std::size_t>(event.data.fd)] = Clock::now();
    send_all(event.data.fd, request);
  }
  const double cpu_before = cpu_seconds(daemon.pid());
  long count = 0;
  char buffer[65536];
  epoll_event events[kLoadConnections];
  const auto begin = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  while (elapsed() < seconds) {
    const int ready = epoll_wait(poller, events, kLoadConnections, 100);
    for (int i = 0; i < ready; ++i) {
      std::string& answer = answers[static_cast<std::size_t>(events[i].data.fd)];
      const ssize_t size = recv(events[i].data.fd, buffer, sizeof(buffer), 0);
      if (size <= 0) throw std::runtime_error("the connection was closed");
      answer.append(buffer, static_cast<std::size_t>(size));
      if (answer_size(answer) == 0) continue;
      answer.clear();
      ++count;
      auto& since = sent[static_cast<std::size_t>(events[i].data.fd)];
      const auto now = Clock::now();
      times.push_back(std::chrono::duration<double, std::milli>(now - since).count());
      since = now;
      send_all(events[i].data.fd, request);
    }
  }
  const double rate = static_cast<double>(count) / elapsed();
  const double cpu = cpu_seconds(daemon.pid()) - cpu_before;
  std::printf("%s: %.0f requests/s, daemon %.1f us of CPU each\n", what, rate,
              cpu * 1e6 / static_cast<double>(count));
  print_latencies(what, std::move(times));
  close(poller);
}

void raise_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  raise_descriptors();
  const double seconds = argc > 1 ? std::atof(argv[1]) : 5;
  const std::string log_level = argc > 2 ? argv[2] : "warn";
  const DaemonProcess daemon({"--dev"}, {{"AGENT_PORT", "0"},
                                         {"LOG_LEVEL", log_level},
                                         {"RATE_LIMIT_RPS", "1000000"},
                                         {"RATE_LIMIT_BURST", "1000000"},
                                         {"AGENT_DEV_PROVISIONING_MS", "3600000"}});
  load("GET /health", daemon, "GET /health HTTP/1.1\r\n" + kHost + "\r\n", seconds);
  load("GET /live", daemon, kLive, seconds);
  load("POST of an invalid create", daemon, post("{}"), seconds);
  crowd(daemon);
  return 0;
}
