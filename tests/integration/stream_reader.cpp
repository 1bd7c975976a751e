// Chunks (RFC 9112, 7.1) and server-sent events (WHATWG HTML, 9.2) as a client reads them.
#include "stream_reader.h"

#include <cstdlib>
#include <sstream>

#include "json/parse.h"

using dev8agent::internal::json::parse;

StreamReader::StreamReader(int port, const std::string& path, const RestClient::Headers& headers)
    : connection_(port) {
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (const std::string& header : headers) request += header + "\r\n";
  connection_.send(request + "\r\n");
  head_ = connection_.read_until("\r\n\r\n");
  if (head_.size() > 12) status_ = std::atoi(head_.c_str() + 9);
}

std::string StreamReader::body() const {
  const std::string name = "Content-Length: ";
  const auto at = head_.find(name);
  if (at == std::string::npos) return "";
  return connection_.read_exactly(std::strtoul(head_.c_str() + at + name.size(), nullptr, 10));
}

std::optional<std::string> StreamReader::next_chunk() {
  if (ended_) return std::nullopt;
  const std::string line = connection_.read_until("\r\n");
  if (line.size() < 3) return std::nullopt;
  const std::size_t size = std::strtoul(line.c_str(), nullptr, 16);
  std::string chunk = connection_.read_exactly(size + 2);
  ended_ = size == 0 && chunk == "\r\n";
  if (chunk.size() < size + 2 || size == 0) return std::nullopt;
  chunk.resize(size);
  text_ += chunk;
  return chunk;
}

std::optional<SentEvent> StreamReader::next_event() {
  for (;;) {
    const auto end = text_.find("\n\n", taken_);
    if (end == std::string::npos) {
      if (!next_chunk()) return std::nullopt;
      continue;
    }
    std::istringstream lines(text_.substr(taken_, end - taken_));
    taken_ = end + 2;
    SentEvent event;
    bool any = false;
    for (std::string line; std::getline(lines, line);) {
      any = any || !line.starts_with(":");
      if (line.starts_with("id: ")) event.id = line.substr(4);
      if (line.starts_with("event: ")) event.type = line.substr(7);
      if (!line.starts_with("data: ")) continue;
      auto data = parse(line.substr(6));
      if (data.ok()) event.data = std::move(*data);
    }
    if (any) return event;
  }
}

std::optional<SentEvent> StreamReader::wait_for(std::string_view type, std::string_view name) {
  while (auto event = next_event()) {
    if (event->type == type && event->text("name") == name) return event;
  }
  return std::nullopt;
}

bool StreamReader::wait_for_text(std::string_view part) {
  while (text_.find(part) == std::string::npos) {
    if (!next_chunk()) return false;
  }
  return true;
}
