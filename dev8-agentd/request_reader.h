// RequestReader: puts the requests of one connection together from the bytes that arrive. First the head,
// then the body that it announces, decoded. What it keeps is bounded by the limits of head and body. Pure;
// one thread at a time.
//
//   reader.add(bytes);
//   while (reader.next() == RequestReader::Step::kWhole) handle(reader.take());
#pragma once

#include <string>
#include <string_view>

#include "chunk_decoder.h"
#include "head_scanner.h"
#include "request_head.h"

namespace dev8agentd {

// A request as it was read: whole, or refused with `head.fault`. Then head and body may be empty.
struct RawRequest {
  RequestHead head;
  std::string body;            // decoded, at most kMaxBody
  std::string remote_address;  // of the client, without port; the reader leaves it empty
};

class RequestReader {
 public:
  enum class Step {
    kMore,      // more bytes are needed
    kContinue,  // the same, and the client waits for "100 Continue"
    kWhole,     // take() has a request
    kBroken,    // fault() says why; nothing after it can be read
  };

  // Appends bytes as they came from the socket, in any pieces.
  void add(std::string_view bytes);
  // Goes on with the bytes that are there. After kMore and kContinue add() is next, after kWhole take();
  // after kBroken the reader is of no use. kContinue comes only while no byte of the body is there.
  Step next();

  // The whole request. Bytes behind it are the beginning of the next one: call next() again.
  RawRequest take();
  // Why next() returned kBroken.
  const Fault& fault() const { return fault_; }

  // True when bytes of a request are there, but not all of them.
  bool started() const { return in_body_ || begin_ < input_.size(); }
  // True when the head is complete: another deadline holds then.
  bool in_body() const { return in_body_; }
  // Bytes that are kept; for the loop's bound of memory.
  std::size_t size() const { return input_.size() + body_.size(); }

 private:
  // Between requests (RFC 9112, section 2.2).
  void skip_empty_lines();
  Step read_head();
  Step read_body();
  Step read_chunks();
  Step broken(const Fault& fault);
  // What is not yet read.
  std::string_view rest() const { return std::string_view(input_).substr(begin_); }

  std::string input_;      // as it came; what was read is erased by add()
  std::size_t begin_ = 0;  // where the current request, or its body, begins in input_
  HeadScanner scanner_;
  ChunkDecoder chunks_;
  bool in_body_ = false;  // head_ is complete
  RequestHead head_;
  std::string body_;
  Fault fault_{};
};

}  // namespace dev8agentd
