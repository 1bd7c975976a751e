// The heap after a burst of work.
#include "free_memory.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

// The sanitizers' own malloc keeps freed memory on purpose, and tells nothing of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DEV8AGENT_OWN_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DEV8AGENT_OWN_MALLOC 1
#endif
#endif

namespace {

[[maybe_unused]] constexpr std::size_t kMiB = 1024 * 1024;
constexpr std::size_t kBlock = 32 * 1024;

std::unique_ptr<char[]> used_block() {
  auto block = std::make_unique<char[]>(kBlock);
  std::memset(block.get(), 1, kBlock);
  return block;
}

}  // namespace

TEST_CASE("free memory: what is in use stays") {
  std::vector<std::unique_ptr<char[]>> kept;
  for (int i = 0; i < 256; ++i) {
    kept.push_back(used_block());
    used_block();  // is free again
  }
  dev8agentd::FreeMemory(0).return_to_system();
  for (const auto& block : kept) {
    CHECK(std::all_of(block.get(), block.get() + kBlock, [](char byte) { return byte == 1; }));
  }
}

#ifndef DEV8AGENT_OWN_MALLOC
namespace {

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("free memory: what a burst has left goes back to the system, and little is kept") {
  std::vector<std::unique_ptr<char[]>> burst;
  for (int i = 0; i < 2048; ++i) burst.push_back(used_block());
  const auto last = used_block();  // at the heap's end, so that free() gives nothing back by itself
  const std::size_t most = resident_bytes();
  burst.clear();
  CHECK(resident_bytes() + 16 * kMiB > most);
  dev8agentd::FreeMemory patient(1024 * kMiB);
  CHECK_FALSE(patient.return_to_system());
  dev8agentd::FreeMemory free_memory(16 * kMiB);
  CHECK(free_memory.return_to_system());
  CHECK(resident_bytes() + 48 * kMiB < most);
  CHECK_FALSE(free_memory.return_to_system());
}
#endif
