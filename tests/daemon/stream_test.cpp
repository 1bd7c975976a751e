// Streams: when a reader is told, what it gets, and what becomes of one that does not keep up.
#include "stream.h"

#include <doctest/doctest.h>

#include "streams.h"

using dev8agentd::Stream;
using dev8agentd::Streams;

TEST_CASE("stream: a reader is told once until it takes, and again after that") {
  Stream stream("", 100);
  int told = 0;
  stream.attach([&] { ++told; });
  CHECK(told == 0);
  stream.push("a");
  stream.push("b");
  CHECK(told == 1);
  std::string text;
  CHECK(stream.take(text) == Stream::State::kOpen);
  CHECK(text == "ab");
  stream.push("c");
  CHECK(told == 2);
}

TEST_CASE(
    "stream: what was there before the reader is told when it comes, and does not count for the bound") {
  Stream stream("", 4);
  stream.push("123456");
  stream.push("789");
  int told = 0;
  stream.attach([&] { ++told; });
  CHECK(told == 1);
  std::string text;
  CHECK(stream.take(text) == Stream::State::kOpen);
  CHECK(text == "123456789");
}

TEST_CASE("stream: a reader with more than the bound before it is given up with the next piece") {
  Stream stream("", 4);
  stream.attach([] {});
  stream.push("123456");
  std::string text;
  CHECK(stream.take(text) == Stream::State::kOpen);
  stream.push("123456");
  stream.push("7");
  CHECK(stream.take(text) == Stream::State::kTooSlow);
  CHECK(text == "123456");
}

TEST_CASE("stream: the end comes after the last piece, and nothing after it") {
  Stream stream("", 100);
  stream.use_chunks();
  int told = 0;
  stream.attach([&] { ++told; });
  stream.push("0123456789abcdef");
  stream.close();
  stream.push("too late");
  CHECK(told == 1);
  std::string text;
  CHECK(stream.take(text) == Stream::State::kEnded);
  CHECK(text == "10\r\n0123456789abcdef\r\n0\r\n\r\n");
}

TEST_CASE("streams: closing all ends those that are open and opens no more") {
  Streams streams;
  const auto stream = streams.open("", 100);
  REQUIRE(stream);
  streams.close_all();
  std::string text;
  CHECK(stream->take(text) == Stream::State::kEnded);
  CHECK_FALSE(streams.open("", 100));
}

TEST_CASE("streams: their number is bounded, and one that has ended makes room") {
  Streams streams;
  std::vector<std::shared_ptr<Stream>> open;
  for (int i = 0; i < 4096; ++i) open.push_back(streams.open("", 100));
  CHECK(open.back());
  CHECK_FALSE(streams.open("", 100));
  open.pop_back();
  CHECK(streams.open("", 100));
}
