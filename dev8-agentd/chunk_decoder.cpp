// The states of a chunked body.
#include "chunk_decoder.h"

#include <algorithm>

#include "request_head.h"

namespace dev8agentd {
namespace {

constexpr std::size_t kMaxExtra = 8192;
constexpr std::size_t kMaxSizeDigits = 16;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::size_t ChunkDecoder::feed(std::string_view input, std::string& body) {
  std::size_t at = 0;
  while (at < input.size() && !fault_ && !done()) {
    if (state_ == State::kData) {
      const std::size_t count = std::min(size_, input.size() - at);
      body.append(input.substr(at, count));
      at += count;
      size_ -= count;
      if (size_ == 0) state_ = State::kDataReturn;
    } else {
      step(input[at++], body.size());
    }
  }
  return at;
}

void ChunkDecoder::step(char c, std::size_t body_size) {
  switch (state_) {
    case State::kSize:
      return read_size(c, body_size);
    case State::kExtension:
      if (c == '\r') state_ = State::kSizeEnd;
      return c == '\r' ? void() : count_extra(c);
    case State::kSizeEnd:
      return c == '\n' ? end_size() : fail(400, "the line of a chunk size does not end with CR LF");
    case State::kDataReturn:
      state_ = State::kDataEnd;
      return c == '\r' ? void() : fail(400, "a chunk is longer than its size");
    case State::kDataEnd:
      state_ = State::kSize;
      digits_ = 0;
      return c == '\n' ? void() : fail(400, "a chunk is longer than its size");
    case State::kTrailer:
      return read_trailer(c);
    case State::kTrailerEnd:
      if (c != '\n') return fail(400, "a trailer line does not end with CR LF");
      state_ = line_length_ == 0 ? State::kDone : State::kTrailer;
      line_length_ = 0;
      return;
    case State::kData:
    case State::kDone:
      return;
  }
}

void ChunkDecoder::read_size(char c, std::size_t body_size) {
  const int digit = hex_digit(c);
  if (digit >= 0) {
    size_ = size_ * 16 + static_cast<std::size_t>(digit);
    if (++digits_ > kMaxSizeDigits || size_ + body_size > kMaxBody) {
      fail(413, "the request body is larger than 1 MiB");
    }
    return;
  }
  if (digits_ == 0 || (c != '\r' && c != ';')) return fail(400, "a chunk size is not a hexadecimal number");
  state_ = c == ';' ? State::kExtension : State::kSizeEnd;
}

void ChunkDecoder::end_size() {
  state_ = size_ == 0 ? State::kTrailer : State::kData;
}

void ChunkDecoder::read_trailer(char c) {
  if (c == '\r') {
    state_ = State::kTrailerEnd;
    return;
  }
  ++line_length_;
  count_extra(c);
}

void ChunkDecoder::count_extra(char c) {
  const bool is_control = (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f;
  if (is_control) return fail(400, "a chunked body holds a control character between its chunks");
  if (++extra_ > kMaxExtra) fail(431, "the extensions and trailers of the body are longer than 8 KiB");
}

}  // namespace dev8agentd
