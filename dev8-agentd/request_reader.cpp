// Head, then body, then the next request.
#include "request_reader.h"

#include <utility>

namespace dev8agentd {

void RequestReader::add(std::string_view bytes) {
  if (begin_ > 0) {
    input_.erase(0, begin_);
    begin_ = 0;
  }
  input_.append(bytes);
}

RequestReader::Step RequestReader::next() {
  return in_body_ ? read_body() : read_head();
}

// Clients of old end a body with a CR LF that it does not count (RFC 9112, section 2.2).
void RequestReader::skip_empty_lines() {
  while (rest().starts_with("\r\n")) begin_ += 2;
}

RequestReader::Step RequestReader::read_head() {
  skip_empty_lines();
  if (rest() == "\r") return Step::kMore;
  const auto length = scanner_.scan(rest());
  if (scanner_.fault()) return broken(*scanner_.fault());
  if (!length) return Step::kMore;
  auto parsed = parse_head(rest().substr(0, *length));
  if (const Fault* fault = std::get_if<Fault>(&parsed)) return broken(*fault);
  head_ = std::get<RequestHead>(std::move(parsed));
  begin_ += *length;
  in_body_ = true;
  const Step step = read_body();
  const bool waits = step == Step::kMore && head_.expects_continue && rest().empty() && body_.empty();
  return waits ? Step::kContinue : step;
}

RequestReader::Step RequestReader::read_body() {
  switch (head_.body_form) {
    case BodyForm::kNone:
      return Step::kWhole;
    case BodyForm::kLength:
      if (rest().size() < head_.content_length) return Step::kMore;
      body_ = rest().substr(0, head_.content_length);
      begin_ += head_.content_length;
      return Step::kWhole;
    case BodyForm::kChunked:
      return read_chunks();
  }
  return Step::kMore;
}

RequestReader::Step RequestReader::read_chunks() {
  begin_ += chunks_.feed(rest(), body_);
  if (chunks_.fault()) return broken(*chunks_.fault());
  return chunks_.done() ? Step::kWhole : Step::kMore;
}

RequestReader::Step RequestReader::broken(const Fault& fault) {
  fault_ = fault;
  return Step::kBroken;
}

RawRequest RequestReader::take() {
  in_body_ = false;
  scanner_ = {};
  chunks_ = {};
  return {std::exchange(head_, {}), std::exchange(body_, {}), ""};
}

}  // namespace dev8agentd
