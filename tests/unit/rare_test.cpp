// Rare: copies are apart from each other, like those of std::optional.
#include "base/rare.h"

#include <doctest/doctest.h>

#include <string>

using dev8agent::internal::Rare;

TEST_CASE("rare: holds a value or none, and copies it") {
  Rare<std::string> none;
  CHECK_FALSE(none.has_value());
  CHECK_FALSE(Rare<std::string>(none).has_value());
  Rare<std::string> one = std::string("one");
  Rare<std::string> copy = one;
  *copy = "two";
  CHECK(*one == "one");
  one = copy;
  CHECK(*one == "two");
  const Rare<std::string>& same = one;
  one = same;

  CHECK(one->size() == 3);
  copy = std::nullopt;
  CHECK_FALSE(copy);
  CHECK(one);
  one.reset();
  CHECK_FALSE(one);
}
