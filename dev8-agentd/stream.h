// Stream: the body of an answer that goes out piece by piece until it is closed. Whoever has news pushes from
// any thread; the event loop takes what is there. A reader that does not keep up is given up, never waited
// for.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agentd {

class Stream {
 public:
  // Shared by all readers that are told the same.
  using Piece = std::shared_ptr<const std::string>;

  // `sign_of_life` is sent when there has been nothing else for a while; empty: nothing is. `bound`: how many
  // bytes may wait for a reader when another piece comes; a single piece may be larger.
  Stream(std::string sign_of_life, std::size_t bound)
      : sign_of_life_(std::move(sign_of_life)), bound_(bound) {}
  Stream(const Stream&) = delete;

  // Appends a piece. Those that come before anybody reads do not count.
  void push(Piece piece);
  void push(std::string text) { push(std::make_shared<const std::string>(std::move(text))); }
  // No piece follows; the answer ends when all have been read.
  void close();
  // `owned` lives as long as the answer goes out: it is what stops the source.
  void keep(std::shared_ptr<void> owned) { owned_ = std::move(owned); }

  // The rest is the event loop's.
  enum class State { kOpen, kEnded, kTooSlow };
  // The pieces go out in HTTP/1.1's chunked coding.
  void use_chunks() { chunked_ = true; }
  // Has `notify` called, from any thread, when there is something to take; at once when there is.
  void attach(std::function<void()> notify);
  // Appends what goes out next to `output`. Not kOpen: nothing follows.
  State take(std::string& output);
  // Appends the sign of life.
  void add_sign_of_life(std::string& output) const { append(sign_of_life_, output); }

 private:
  void append(std::string_view text, std::string& output) const;

  const std::string sign_of_life_;
  const std::size_t bound_;
  bool chunked_ = false;
  std::shared_ptr<void> owned_;
  std::mutex mutex_;  // guards the rest
  std::vector<Piece> pieces_;
  std::size_t size_ = 0;
  std::function<void()> notify_;
  bool told_ = false;  // of what is there
  bool closed_ = false;
  bool too_slow_ = false;
};

}  // namespace dev8agentd
