// Who finds environments at the same time shares a list, and nobody gets one from before the question.
#include "environment_finder.h"

#include <doctest/doctest.h>

#include <optional>

using dev8agentd::EnvironmentFinder;

namespace {

using State = dev8agent::internal::OperationState<dev8agent::EnvironmentPage>;

// Lists that the test answers.
struct Bench {
  std::vector<std::pair<dev8agent::ListRequest, std::shared_ptr<State>>> lists;
  EnvironmentFinder finder{[this](dev8agent::ListRequest request) {
    lists.emplace_back(std::move(request), std::make_shared<State>());
    return dev8agent::Operation<dev8agent::EnvironmentPage>(lists.back().second);
  }};
  std::string told;

  void find(const std::string& name, const std::string& user = "") {
    finder.find(user, [this, name](const EnvironmentFinder::Found& found) {
      told += name + ":";
      if (!found.ok()) told += std::string(to_string(found.error().code));
      for (const auto& request : found.value_or({})) told += request.id;
      told += " ";
    });
  }
  void answer(std::size_t list, const std::string& ids, const std::string& next = "") {
    dev8agent::EnvironmentPage page;
    for (const char id : ids) page.environments.emplace_back().id = id;
    page.next_cursor = next;
    lists.at(list).second->complete(std::move(page));
  }
};

}  // namespace

TEST_CASE("finder: those who come while a list is read share the next one") {
  Bench bench;
  bench.find("first");
  for (const char* name : {"second", "third"}) bench.find(name);
  REQUIRE(bench.lists.size() == 1);
  CHECK(bench.lists[0].first.page_size == 100);
  bench.answer(0, "ab");
  CHECK(bench.told == "first:ab ");
  REQUIRE(bench.lists.size() == 2);
  bench.answer(1, "abc");
  CHECK(bench.told == "first:ab second:abc third:abc ");
  bench.find("late");
  CHECK(bench.lists.size() == 3);
}

TEST_CASE("finder: page after page, each user apart, and a failure is told") {
  Bench bench;
  bench.find("ada", "user-ada");
  bench.find("all");
  REQUIRE(bench.lists.size() == 2);
  CHECK(bench.lists[0].first.user_id == "user-ada");
  bench.answer(0, "a", "1.a");
  REQUIRE(bench.lists.size() == 3);
  CHECK(bench.lists[2].first.cursor == "1.a");
  CHECK(bench.lists[2].first.user_id == "user-ada");
  bench.answer(2, "b");
  bench.lists[1].second->complete(dev8agent::make_error(dev8agent::ErrorCode::kAzureUnavailable, "away"));
  CHECK(bench.told == "ada:ab all:AZURE_UNAVAILABLE ");
}
