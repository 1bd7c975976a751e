// The libcurl transport when no resolver answers. getaddrinfo(3) is replaced in this program: it keeps silent
// about one name until the test ends, and is the system's for every other name.
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "support/curl_bench.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

constexpr const char* kSilent = "silent-resolver.invalid";

// The questions about kSilent, which wait for their end here.
class Questions {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++open_;
    ++asked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !silent_; });
    --open_;
    changed_.notify_all();
  }
  int asked() {
    std::lock_guard lock(mutex_);
    return asked_;
  }
  // Lets all of them fail, and waits until they have.
  void end() {
    std::unique_lock lock(mutex_);
    silent_ = false;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_ == 0; });
    silent_ = true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool silent_ = true;
  int open_ = 0;
  int asked_ = 0;
};

Questions& questions() {
  static Questions all;
  return all;
}

// The failure of a request for `url` whose deadline came while the resolver was silent. A slow machine needs
// longer than others until the resolver is asked.
Error failure_of(const std::string& url) {
  std::optional<Result<HttpResponse>> outcome;
  const int before = questions().asked();
  constexpr std::chrono::minutes kLongest{2};  // then nobody asks the resolver of this program
  for (std::chrono::milliseconds patience(300); questions().asked() == before && patience < kLongest;
       patience *= 2) {
    CurlBench bench;
    HttpRequest request = CurlBench::request("PUT", url, "{}");
    request.deadline = std::chrono::steady_clock::now() + patience;
    outcome.emplace(bench.send(std::move(request)));
  }
  REQUIRE(questions().asked() > before);
  questions().end();
  REQUIRE(outcome);
  REQUIRE_FALSE(outcome->ok());
  return outcome->error();
}

}  // namespace

// Visible, so that libcurl calls this one.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node, const char* service,
                                                                  const addrinfo* hints, addrinfo** result) {
  if (node != nullptr && std::string_view(node) == kSilent) {
    questions().wait();
    return EAI_AGAIN;
  }
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto of_the_system = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return of_the_system(node, service, hints, result);
}

TEST_CASE("curl: a name about which no resolver answers is told with the host") {
  const Error error = failure_of(std::string("http://") + kSilent + "/secret-path");
  CHECK(error.code == ErrorCode::kTimeout);
  CHECK(error.message == std::string("the name of the host ") + kSilent + " was not resolved in time");
  CHECK(error.unresolved_host == kSilent);
  CHECK(error.retryable);
  CHECK_FALSE(error.request_sent);
}

TEST_CASE("curl: a silent resolver is not blamed on the host where it was asked for a proxy") {
  setenv("HTTPS_PROXY", (std::string("http://") + kSilent + ":3128").c_str(), 1);
  const Error error = failure_of("https://management.invalid/x");
  unsetenv("HTTPS_PROXY");
  CHECK(error.code == ErrorCode::kTimeout);
  CHECK(error.message == "no connection to management.invalid in time");
  CHECK(error.unresolved_host.empty());
}
