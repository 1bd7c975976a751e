// One list at a time for each user.
#include "environment_finder.h"

#include <memory>
#include <utility>

namespace dev8agentd {
namespace {

constexpr int kPageSize = 100;
constexpr int kMostPages = 10;

}  // namespace

struct EnvironmentFinder::Run {
  std::string user_id;
  Tells tells{};
  std::vector<dev8agent::EventsRequest> found{};
};

void EnvironmentFinder::find(const std::string& user_id, Tell tell) {
  {
    std::lock_guard lock(mutex_);
    const auto [place, is_first] = next_.try_emplace(user_id);
    place->second.push_back(std::move(tell));
    if (!is_first) return;
  }
  begin(user_id);
}

void EnvironmentFinder::begin(const std::string& user_id) {
  auto run = std::make_shared<Run>(Run{user_id});
  {
    std::lock_guard lock(mutex_);
    run->tells = std::exchange(next_.at(user_id), {});
  }
  read_page(run, 1, "");
}

void EnvironmentFinder::read_page(const std::shared_ptr<Run>& run, int page, const std::string& cursor) {
  dev8agent::ListRequest request;
  request.user_id = run->user_id;
  request.page_size = kPageSize;
  request.cursor = cursor;
  list_(request).on_done([this, run, page](const dev8agent::Result<dev8agent::EnvironmentPage>& result) {
    if (!result.ok()) return end(run->user_id, run->tells, result.error());
    for (const dev8agent::Environment& environment : result->environments)
      run->found.push_back({environment.id, environment.cloud_region});
    const bool more = page < kMostPages && !result->next_cursor.empty();
    if (more) return read_page(run, page + 1, result->next_cursor);
    end(run->user_id, run->tells, run->found);
  });
}

void EnvironmentFinder::end(const std::string& user_id, const Tells& tells, const Found& found) {
  for (const Tell& tell : tells) tell(found);
  {
    std::lock_guard lock(mutex_);
    const auto place = next_.find(user_id);
    if (place->second.empty()) {
      next_.erase(place);
      return;
    }
  }
  begin(user_id);
}

}  // namespace dev8agentd
