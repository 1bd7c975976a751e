// Byte by byte through a request's head.
#include "head_scanner.h"

namespace dev8agentd {
namespace {

constexpr std::size_t kMaxRequestLine = kMaxTarget + 64;  // method and version are short

}  // namespace

std::optional<std::size_t> HeadScanner::scan(std::string_view text) {
  for (; !fault_ && at_ < text.size(); ++at_) {
    const auto c = static_cast<unsigned char>(text[at_]);
    fault_ = check(c);
    if (after_return_ && c == '\n') {
      if (at_ == line_start_ + 1) return at_ + 1;
      end_line();
    } else {
      after_return_ = c == '\r';
    }
  }
  return std::nullopt;
}

std::optional<Fault> HeadScanner::check(unsigned char c) const {
  if (after_return_ != (c == '\n')) return Fault{400, "lines of a request head end with CR LF"};
  const bool is_control = (c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 0x7f;
  if (is_control) return Fault{400, "the request head holds a control character"};
  if (at_ == line_start_ && lines_ > 0 && (c == ' ' || c == '\t')) {
    return Fault{400, "the request head holds a folded line"};
  }
  const std::size_t length = at_ - line_start_;
  if (lines_ == 0 && length > kMaxRequestLine) return Fault{414, "the request line is longer than 8 KiB"};
  if (lines_ > 0 && length > kMaxHeaderLine) return Fault{431, "a header field is longer than 8 KiB"};
  if (at_ >= kMaxHead) return Fault{431, "the header fields are longer than 32 KiB"};
  if (lines_ > kMaxHeaderFields + 1) return Fault{431, "the request has more than 100 header fields"};
  return std::nullopt;
}

void HeadScanner::end_line() {
  ++lines_;
  line_start_ = at_ + 1;
  after_return_ = false;
}

}  // namespace dev8agentd
