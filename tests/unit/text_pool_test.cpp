// TextPool: what URLs have in common is held once, and no text is changed by it.
#include "base/text_pool.h"

#include <doctest/doctest.h>

#include <vector>

using namespace dev8agent::internal;

namespace {

const std::string kCertificate(TextPool::kShortest, 'M');

std::string url(const std::string& id, const std::string& certificate) {
  return "https://management.azure.com/operations/" + id + "?api-version=1&c=" + certificate + "&s=" + id;
}

}  // namespace

TEST_CASE("text pool: texts come back as they were") {
  TextPool pool;
  for (const std::string& text :
       {std::string(), std::string("&"), std::string("&&"), url("a", "short"), url("a", kCertificate),
        kCertificate, "&" + kCertificate, kCertificate + "&", kCertificate + "&" + kCertificate + "N&end"}) {
    CAPTURE(text);
    const PooledText pooled = pool.add(text);
    CHECK(pooled.text() == text);
    CHECK(pooled.empty() == text.empty());
  }
}

TEST_CASE("text pool: a long part is held once, as long as a text needs it") {
  TextPool pool;
  const std::string other(TextPool::kShortest, 'N');
  PooledText first = pool.add(url("a", kCertificate));
  PooledText second = pool.add(url("b", kCertificate));
  CHECK(pool.size() == 1);
  const PooledText third = pool.add(url("c", other));
  CHECK(pool.size() == 2);
  first.clear();
  CHECK(first.empty());
  CHECK(pool.size() == 2);
  second.clear();
  CHECK(pool.size() == 1);
  CHECK(third.text() == url("c", other));
}

TEST_CASE("text pool: where long URLs begin is held once") {
  TextPool pool;
  const std::string place =
      "https://management.azure.com/" + std::string(TextPool::kShortestPlace, 'p') + "/";
  for (const std::string& query : {std::string("?t=1&s=a/b"), "?t=1&c=" + kCertificate, std::string()}) {
    const PooledText one = pool.add(place + "one" + query);
    const PooledText two = pool.add(place + "two" + query);
    CHECK(one.text() == place + "one" + query);
    CHECK(two.text() == place + "two" + query);
    CHECK(pool.size() == (query.size() > TextPool::kShortest ? 2 : 1));
  }
  CHECK(pool.size() == 0);
}

TEST_CASE("text pool: short parts are not shared, nor more parts than the limit") {
  TextPool pool;
  const PooledText shorter = pool.add(url("a", kCertificate.substr(3)));
  CHECK(pool.size() == 0);
  std::vector<PooledText> texts;
  for (std::size_t i = 0; i < 2 * TextPool::kMost; ++i) {
    texts.push_back(pool.add(url("a", kCertificate + std::to_string(i))));
    CHECK(texts.back().text() == url("a", kCertificate + std::to_string(i)));
  }
  CHECK(pool.size() == TextPool::kMost);
}

TEST_CASE("text pool: a text may outlive its pool") {
  PooledText text;
  {
    TextPool pool;
    text = pool.add(url("a", kCertificate));
  }
  CHECK(text.text() == url("a", kCertificate));
}
