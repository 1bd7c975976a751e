// Decodes a chunked body as its bytes arrive (RFC 9112, section 7.1), strictly and within limits. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "head_scanner.h"

namespace dev8agentd {

class ChunkDecoder {
 public:
  // Appends to `body` what `input` brings and returns how much of `input` belongs to the body; the rest comes
  // behind it. Chunk extensions and trailers are read and dropped.
  std::size_t feed(std::string_view input, std::string& body);
  bool done() const { return state_ == State::kDone; }
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  enum class State {
    kSize,
    kExtension,
    kSizeEnd,
    kData,
    kDataReturn,
    kDataEnd,
    kTrailer,
    kTrailerEnd,
    kDone
  };

  void step(char c, std::size_t body_size);
  void read_size(char c, std::size_t body_size);
  void end_size();
  void read_trailer(char c);
  void count_extra(char c);
  void fail(int status, const char* cause) { fault_ = Fault{status, cause}; }

  State state_ = State::kSize;
  std::size_t size_ = 0;         // of the current chunk: what is still to come
  std::size_t digits_ = 0;       // of its size
  std::size_t line_length_ = 0;  // of the current trailer
  std::size_t extra_ = 0;        // bytes of extensions and trailers
  std::optional<Fault> fault_;
};

}  // namespace dev8agentd
