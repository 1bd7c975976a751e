// The log's thread: whole lines in order, and a reader that is blocked holds nobody up.
#include "line_writer.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <memory>
#include <thread>
#include <utility>

using dev8agentd::LineWriter;

namespace {

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { REQUIRE(pipe2(ends, O_CLOEXEC) == 0); }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) close(end);
    }
  }
  void close_writer() { close(std::exchange(ends[1], -1)); }
  std::string read_all() {
    std::string text;
    char buffer[65536];
    for (ssize_t count = 1; (count = read(ends[0], buffer, sizeof(buffer))) > 0;)
      text.append(buffer, static_cast<std::size_t>(count));
    return text;
  }
};

void as_it_is(std::string_view entry, std::string& text) {
  text.append(entry).append("\n");
}

std::string dropped(std::size_t count) {
  return "dropped " + std::to_string(count);
}

// How many lines a reader has got, and of how many it was told that they are missing.
struct ToldOf {
  std::size_t whole = 0;
  std::size_t dropped = 0;
  std::size_t total() const { return whole + dropped; }
};

ToldOf told_of(const std::string& text) {
  ToldOf told;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const bool is_note = text.compare(begin, 8, "dropped ") == 0;
    if (is_note) told.dropped += std::stoul(text.substr(begin + 8, end - begin - 8));
    if (!is_note) ++told.whole;
  }
  return told;
}

}  // namespace

TEST_CASE("lines come whole and in order, the last ones too") {
  Pipe pipe;
  {
    LineWriter writer(pipe.ends[1], {as_it_is, dropped});
    for (int i = 0; i < 100; ++i) writer.write("line " + std::to_string(i));
  }
  pipe.close_writer();
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += "line " + std::to_string(i) + "\n";
  CHECK(pipe.read_all() == expected);
}

TEST_CASE("the end waits for lines that go on being written, however slowly") {
  Pipe pipe;
  std::string text;
  std::thread reader([&] { text = pipe.read_all(); });
  {
    // A line takes a part of the time that the end waits without any, and all of them take more. The pipe is
    // empty meanwhile.
    const LineWriter::Patience patience{.quiet = std::chrono::seconds(4), .longest = std::chrono::hours(1)};
    const auto slowly = [](std::string_view entry, std::string& line) {
      poll(nullptr, 0, 1000);
      as_it_is(entry, line);
    };
    LineWriter writer(pipe.ends[1], {slowly, dropped}, patience);
    for (int i = 0; i < 6; ++i) writer.write(std::string(65535, 'x'));
  }
  pipe.close_writer();
  reader.join();
  CHECK(told_of(text).whole == 6);
}

TEST_CASE("the end waits for lines no longer than it may in all") {
  Pipe pipe;
  const auto released = std::make_shared<std::promise<void>>();
  const auto later = [released](std::string_view entry, std::string& line) {
    released->get_future().wait();
    as_it_is(entry, line);
  };
  {
    const LineWriter::Patience patience{.quiet = std::chrono::hours(1),
                                        .longest = std::chrono::milliseconds(20)};
    LineWriter writer(pipe.ends[1], {later, dropped}, patience);
    writer.write("late");
  }
  // The writer is gone although its thread has not written the line yet.
  released->set_value();
  char buffer[64];
  const ssize_t count = read(pipe.ends[0], buffer, sizeof(buffer));
  REQUIRE(count > 0);
  CHECK(std::string_view(buffer, static_cast<std::size_t>(count)) == "late\n");
}

TEST_CASE("a blocked reader: nobody waits, lines are dropped and counted, and the end comes") {
  std::signal(SIGPIPE, SIG_IGN);  // as in the daemon: the thread may outlive the pipe
  Pipe pipe;
  std::size_t drops = 0;
  {
    LineWriter writer(pipe.ends[1], {as_it_is, dropped, [&] { ++drops; }});
    const std::string line(1023, 'x');
    for (int i = 0; i < 10000; ++i) writer.write(line);  // 10 MB into a pipe of 64 KiB
  }
  // The writer is gone although its thread is still blocked. From here on the pipe is read. How often lines
  // were dropped depends on when the thread began.
  std::string text;
  char buffer[65536];
  while (told_of(text).total() < 10000) {
    const ssize_t count = read(pipe.ends[0], buffer, sizeof(buffer));
    REQUIRE(count > 0);
    text.append(buffer, static_cast<std::size_t>(count));
  }
  CHECK(told_of(text).total() == 10000);
  CHECK(told_of(text).dropped > 0);
  CHECK(told_of(text).dropped == drops);
}

TEST_CASE("a full disk: lines are dropped and counted, and told of once there is room") {
  const int descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(descriptor >= 0);
  Pipe pipe;
  std::atomic<int> drops{0};
  {
    LineWriter writer(descriptor, {as_it_is, dropped, [&] { ++drops; }});
    for (int i = 0; i < 10; ++i) writer.write("lost");
    while (drops < 10) std::this_thread::yield();
    REQUIRE(dup3(pipe.ends[1], descriptor, O_CLOEXEC) == descriptor);
    writer.write("written");
  }
  close(descriptor);
  pipe.close_writer();
  CHECK(pipe.read_all() == "written\ndropped 10\n");
  CHECK(drops == 10);
}
