// Puts the requests of one connection together from the bytes that arrive: the head, then the body that it
// announces, decoded. Bounded; pure.
#pragma once

#include <string>
#include <string_view>

#include "chunk_decoder.h"
#include "head_scanner.h"
#include "request_head.h"

namespace dev8agentd {

// A request as it was read: whole, or refused with a fault.
struct RawRequest {
  RequestHead head;
  std::string body;
  std::string remote_address;  // without port
};

class RequestReader {
 public:
  enum class Step {
    kMore,      // more bytes are needed
    kContinue,  // the same, and the client waits for "100 Continue"
    kWhole,     // take() has a request
    kBroken,    // fault() says why; nothing after it can be read
  };

  void add(std::string_view bytes);
  // Goes on with what is there.
  Step next();

  // The whole request; the bytes behind it are the beginning of the next one.
  RawRequest take();
  const Fault& fault() const { return fault_; }

  // Bytes of a request are there, but not all of them.
  bool started() const { return in_body_ || begin_ < input_.size(); }
  bool in_body() const { return in_body_; }
  std::size_t size() const { return input_.size() + body_.size(); }

 private:
  void skip_empty_lines();
  Step read_head();
  Step read_body();
  Step read_chunks();
  Step broken(const Fault& fault);
  std::string_view rest() const { return std::string_view(input_).substr(begin_); }

  std::string input_;
  std::size_t begin_ = 0;  // where the current request, or its body, begins in input_
  HeadScanner scanner_;
  ChunkDecoder chunks_;
  bool in_body_ = false;
  RequestHead head_;
  std::string body_;
  Fault fault_{};
};

}  // namespace dev8agentd
