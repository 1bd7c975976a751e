// Decodes a chunked body as its bytes arrive (RFC 9112, section 7.1), strictly and within limits. A body that
// a proxy could read in another way is refused. Pure; one thread at a time.
//
//   ChunkDecoder chunks;
//   const std::size_t used = chunks.feed(bytes, body);
//   if (chunks.fault()) ...       // refuse the request; the connection cannot go on
//   else if (chunks.done()) ...   // `body` is whole; the next request begins at bytes[used]
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "head_scanner.h"

namespace dev8agentd {

// Decodes one body. For the next body a new object is assigned over it.
class ChunkDecoder {
 public:
  // Appends to `body` what `input` brings, and returns how many bytes of `input` belong to the body; the rest
  // comes behind it. Chunk extensions and trailers are read and dropped. After a fault or the end it takes
  // nothing. Faults: 400 for a malformed chunk, 413 when the body grows over kMaxBody, 431 for more than 8
  // KiB of extensions and trailers together.
  std::size_t feed(std::string_view input, std::string& body);
  // True when the last chunk and its trailers have been read.
  bool done() const { return state_ == State::kDone; }
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  // What the next byte belongs to.
  enum class State {
    kSize,       // hexadecimal digits
    kExtension,  // behind a ';', up to the CR
    kSizeEnd,    // the LF of the size's line
    kData,
    kDataReturn,  // the CR behind the data
    kDataEnd,     // the LF behind the data
    kTrailer,     // a line behind the last chunk
    kTrailerEnd,  // its LF; an empty line ends the body
    kDone
  };

  // Takes one byte. `body_size` is the size of the body so far, for the limit.
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
