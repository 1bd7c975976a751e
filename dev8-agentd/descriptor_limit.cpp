// RLIMIT_NOFILE and what follows from it.
#include "descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace dev8agentd {
namespace {

constexpr std::size_t kReserved = 128;
constexpr std::size_t kMaxConnections = 32768;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, kMaxConnections + kReserved);
  if (limit.rlim_cur <= before || setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  return std::min<rlim_t>(limit.rlim_cur, kMaxConnections + kReserved);
}

ConnectionTable::Limits connection_limits(std::size_t descriptors, std::size_t per_address) {
  const std::size_t spare = descriptors > kReserved ? descriptors - kReserved : 0;
  const std::size_t total = std::max<std::size_t>({spare, descriptors / 4, 1});
  const std::size_t share = per_address == 0 ? total - total / 4 : per_address;
  return {total, std::min(share, total)};
}

}  // namespace dev8agentd
