// Result, Secret and Error as programs use them.
#include "dev8agent/result.h"

#include <doctest/doctest.h>

#include <memory>
#include <sstream>
#include <type_traits>

#include "dev8agent/environment.h"
#include "dev8agent/options.h"
#include "dev8agent/secret.h"
#include "support/run_in_child.h"

using namespace dev8agent;
using dev8agent::test::Ended;
using dev8agent::test::run_in_child;

TEST_CASE("result: the wrong one of value and error ends the program and says why") {
  Result<int> failed = make_error(ErrorCode::kNotFound, "no such thing");
  const Ended value_of_failed = run_in_child([&] { *failed = 1; });
  CHECK(value_of_failed.signal == SIGABRT);
  CHECK(value_of_failed.message.find("NOT_FOUND: no such thing") != std::string::npos);
  const Result<int> good = 7;
  const Ended error_of_good = run_in_child([&] { (void)good.error().message.size(); });
  CHECK(error_of_good.signal == SIGABRT);
  CHECK(run_in_child([&] { (void)*good; }).signal == 0);
}

TEST_CASE("result: values move out of temporaries, and value_or stands in for them") {
  const auto make = [](bool ok) -> Result<std::unique_ptr<int>> {
    if (!ok) return make_error(ErrorCode::kInternal, "why");
    return std::make_unique<int>(7);
  };
  const std::unique_ptr<int> taken = *make(true);
  CHECK(*taken == 7);
  CHECK(make(false).value_or(nullptr) == nullptr);
  CHECK(*make(true).value_or(nullptr) == 7);
  const Result<int> number = 3;
  CHECK(number.value_or(4) == 3);
  CHECK(Result<int>(make_error(ErrorCode::kInternal, "")).value_or(4) == 4);
}

TEST_CASE("result: a large value is copied and moved like a small one") {
  struct Large {
    std::string text;
    char more[4096] = {};
  };
  static_assert(sizeof(Result<Large>) < 100);
  static_assert(!std::is_copy_constructible_v<Result<std::unique_ptr<int>>>);
  static_assert(!std::is_copy_constructible_v<Result<CreateRequest>>);
  Result<Large> one = Large{"one"};
  Result<Large> copy = one;
  copy->text = "two";
  CHECK(one->text == "one");
  one = copy;
  CHECK(one->text == "two");
  Large taken = *std::move(one);
  CHECK(taken.text == "two");
  const Result<Large> moved = std::move(copy);
  CHECK(moved->text == "two");
  const Ended read_again = run_in_child([&] { (void)copy->text.size(); });
  CHECK(read_again.signal == SIGABRT);
  CHECK(read_again.message.find("moved from") != std::string::npos);
}

TEST_CASE("error: printed on one line with what Azure said") {
  std::ostringstream out;
  Error error = make_error(ErrorCode::kQuotaExceeded, "the quota is used up");
  out << error;
  CHECK(out.str() == "QUOTA_EXCEEDED: the quota is used up");
  error.azure_status = 409;
  error.azure_code = "ContainerGroupQuotaReached";
  error.azure_request_id = "r-1";
  out.str("");
  out << error;
  CHECK(out.str() ==
        "QUOTA_EXCEEDED: the quota is used up (Azure: 409 ContainerGroupQuotaReached) [request r-1]");
}

TEST_CASE("secret: made from a literal, a view, or a string that is wiped") {
  CHECK(Secret("abc").reveal() == "abc");
  CHECK(Secret(std::string_view("ab\0c", 4)).size() == 4);
  std::string text = "a long enough text to be on the heap, and then some";
  const std::string same = text;
  const Secret taken(std::move(text));
  CHECK(taken.same_as(same));
  CHECK(text.empty());  // NOLINT(bugprone-use-after-move): wiped, which is promised
}

TEST_CASE("environment variables: those of the process, without the empty ones") {
  REQUIRE(setenv("DEV8AGENT_TEST_VARIABLE", "a=b", 1) == 0);
  REQUIRE(setenv("DEV8AGENT_TEST_EMPTY", "", 1) == 0);
  const Variables variables = environment_variables();
  REQUIRE(variables.count("DEV8AGENT_TEST_VARIABLE") == 1);
  CHECK(variables.at("DEV8AGENT_TEST_VARIABLE") == "a=b");
  CHECK(variables.count("DEV8AGENT_TEST_EMPTY") == 0);
  unsetenv("DEV8AGENT_TEST_VARIABLE");
  unsetenv("DEV8AGENT_TEST_EMPTY");
}

TEST_CASE("result: copies of a failure are independent, and a moved one is another's") {
  Result<int> failed = make_error(ErrorCode::kNotFound, "first");
  Result<int> copy = failed;
  copy.error().message = "second";
  CHECK(failed.error().message == "first");
  copy = failed;
  CHECK(copy.error().message == "first");
  Result<int> moved = std::move(copy);
  CHECK(moved.error().code == ErrorCode::kNotFound);
  moved = 7;
  CHECK(moved.value() == 7);
  moved = failed;
  CHECK_FALSE(moved.ok());
  static_assert(sizeof(Status) <= 2 * sizeof(void*));  // flows hold many of them while they wait
}
