// Reading /proc: see listeners.h. What cannot be read is of a process that ends meanwhile, or not of a
// container.
#include "processes/listeners.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace dev8agent::emulator {
namespace {

constexpr std::string_view kListens = "0A";
constexpr std::string_view kHasNoPeer = "07";  // of UDP sockets
constexpr std::string_view kSocket = "socket:[";
constexpr std::size_t kWordDigits = 8;  // of one word of an address
// Some clients choose a port themselves, for one question. One that leaves it to the kernel may wait for its
// answer as long as resolvers do.
constexpr int kLooksOfChosenPort = 2;
constexpr int kLooksOfGivenPort = 10;

template <class Number>
std::optional<Number> number_in(std::string_view text, int base) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(' ', at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

// The kernel prints each word of an address as a number of this machine.
std::optional<std::vector<unsigned char>> address_in(std::string_view digits) {
  std::vector<unsigned char> bytes;
  for (std::size_t at = 0; at < digits.size(); at += kWordDigits) {
    const auto word = number_in<std::uint32_t>(digits.substr(at, kWordDigits), 16);
    if (!word) return std::nullopt;
    std::array<unsigned char, sizeof(*word)> part;
    std::memcpy(part.data(), &*word, sizeof(*word));
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  return bytes;
}

bool is_loopback(const std::vector<unsigned char>& address) {
  constexpr std::array<unsigned char, 12> kOfVersion4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr unsigned char kLoopback = 127;
  if (address.size() == 4) return address[0] == kLoopback;
  if (std::equal(kOfVersion4.begin(), kOfVersion4.end(), address.begin()))
    return address[kOfVersion4.size()] == kLoopback;
  return address.back() == 1 &&
         std::all_of(address.begin(), address.end() - 1, [](unsigned char byte) { return byte == 0; });
}

std::string text_of(const std::vector<unsigned char>& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool version4 = address.size() == 4;
  inet_ntop(version4 ? AF_INET : AF_INET6, address.data(), text.data(), text.size());
  return version4 ? text.data() : "[" + std::string(text.data()) + "]";
}

struct BoundSocket {
  OpenListener listener;
  std::uint16_t port = 0;
};

// The socket of a line in that state, unless its address is a loopback one.
std::optional<BoundSocket> bound_beyond_loopback(std::string_view line, std::string_view state) {
  constexpr std::size_t kAddressWord = 1;
  constexpr std::size_t kStateWord = 3;
  constexpr std::size_t kInodeWord = 9;
  const auto words = words_of(line);
  if (words.size() <= kInodeWord || words[kStateWord] != state) return std::nullopt;
  const std::size_t colon = words[kAddressWord].find(':');
  if (colon != kWordDigits && colon != 4 * kWordDigits) return std::nullopt;
  const auto address = address_in(words[kAddressWord].substr(0, colon));
  const auto port = number_in<std::uint16_t>(words[kAddressWord].substr(colon + 1), 16);
  const auto inode = number_in<std::uint64_t>(words[kInodeWord], 10);
  if (!address || !port || !inode || is_loopback(*address)) return std::nullopt;
  return BoundSocket{{*inode, text_of(*address) + ":" + std::to_string(*port)}, *port};
}

// The kernel's default where it does not say.
PortRange ports_given_by_kernel() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  PortRange range;
  if (file >> range.first >> range.last) return range;
  return {};
}

template <class Read>
void add_listeners(const char* table, const Read& read, std::vector<OpenListener>& found) {
  std::ifstream file(table);
  for (std::string line; std::getline(file, line);) {
    if (auto listener = read(line)) found.push_back(std::move(*listener));
  }
}

std::vector<OpenListener> open_listeners() {
  std::vector<OpenListener> found;
  const auto of_udp = [range = ports_given_by_kernel()](std::string_view line) {
    return read_udp_listener(line, range);
  };
  for (const char* table : {"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"})
    add_listeners(table, read_listener, found);
  for (const char* table : {"/proc/thread-self/net/udp", "/proc/thread-self/net/udp6"})
    add_listeners(table, of_udp, found);
  return found;
}

// Parent by process, of all processes.
std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> found;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at("/proc", ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    const auto process = number_in<pid_t>(at->path().filename().string(), 10);
    if (!process) continue;
    std::ifstream file(at->path() / "stat");
    std::string stat;
    std::getline(file, stat);
    const std::size_t name_end = stat.rfind(") ");
    if (name_end == std::string::npos) continue;
    const auto words = words_of(std::string_view(stat).substr(name_end + 2));
    const auto parent = words.size() > 1 ? number_in<pid_t>(words[1], 10) : std::nullopt;
    if (parent) found[*process] = *parent;
  }
  return found;
}

// The guardian that `process` descends from.
std::optional<pid_t> guardian_of(pid_t process, const std::map<pid_t, pid_t>& parents,
                                 const std::vector<pid_t>& guardians) {
  auto at = parents.find(process);
  // The table is read in steps, so it may hold a circle of numbers that were given anew.
  for (std::size_t steps = 0; at != parents.end() && steps < parents.size(); ++steps) {
    if (std::find(guardians.begin(), guardians.end(), at->second) != guardians.end()) return at->second;
    at = parents.find(at->second);
  }
  return std::nullopt;
}

// The first of the listeners that `process` has open.
const OpenListener* listener_of(pid_t process, const std::vector<OpenListener>& listeners) {
  std::error_code ignored;
  for (std::filesystem::directory_iterator at("/proc/" + std::to_string(process) + "/fd", ignored), end;
       !ignored && at != end; at.increment(ignored)) {
    std::error_code closed;
    const std::string target = std::filesystem::read_symlink(at->path(), closed).string();
    if (!target.starts_with(kSocket)) continue;
    const auto inode = number_in<std::uint64_t>(
        std::string_view(target).substr(kSocket.size(), target.size() - kSocket.size() - 1), 10);
    const auto found = std::find_if(listeners.begin(), listeners.end(),
                                    [&inode](const OpenListener& one) { return one.inode == inode; });
    if (found != listeners.end()) return &*found;
  }
  return nullptr;
}

std::string program_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace

std::optional<OpenListener> read_listener(std::string_view line) {
  auto found = bound_beyond_loopback(line, kListens);
  if (!found) return std::nullopt;
  return std::move(found->listener);
}

std::optional<OpenListener> read_udp_listener(std::string_view line, const PortRange& given_by_kernel) {
  auto found = bound_beyond_loopback(line, kHasNoPeer);
  if (!found) return std::nullopt;
  const bool given = found->port >= given_by_kernel.first && found->port <= given_by_kernel.last;
  found->listener.looks = given ? kLooksOfGivenPort : kLooksOfChosenPort;
  found->listener.address.insert(0, "UDP ");
  return std::move(found->listener);
}

std::vector<ExposedProcess> ListenerWatch::look(const std::function<std::vector<pid_t>()>& guardians) {
  std::vector<OpenListener> listeners = open_listeners();
  std::map<std::uint64_t, int> now;
  for (const OpenListener& one : listeners) {
    const auto before = found_.find(one.inode);
    now[one.inode] = before == found_.end() ? 1 : std::min(before->second, one.looks) + 1;
  }
  found_ = std::move(now);
  std::erase_if(listeners, [this](const OpenListener& one) { return found_.at(one.inode) != one.looks; });
  std::vector<ExposedProcess> exposed;
  if (listeners.empty()) return exposed;
  const std::vector<pid_t> own = guardians();
  const std::map<pid_t, pid_t> all = parents();
  for (const auto& [process, parent] : all) {
    const auto guardian = guardian_of(process, all, own);
    const OpenListener* listener = guardian ? listener_of(process, listeners) : nullptr;
    if (!listener) continue;
    exposed.push_back({*guardian, process, program_of(process), listener->address});
    found_[listener->inode] = listener->looks - 1;
  }
  return exposed;
}

}  // namespace dev8agent::emulator
