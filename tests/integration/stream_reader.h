// StreamReader: one request whose answer is a stream in chunked coding, read piece by piece.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"
#include "rest_client.h"

// One server-sent event.
struct SentEvent {
  std::string id;
  std::string type;
  dev8agent::internal::json::Value data;  // null when it is not JSON

  std::string text(std::string_view member) const { return std::string(data.string_at({member})); }
};

// Example:
//
//   StreamReader reader(stack.daemon.port(), "/api/v1/environments/workspace-0001/events");
//   REQUIRE(reader.status() == 200);
//   while (const auto event = reader.next_event()) ...
//
// Every read waits without a limit for the daemon to send something.
class StreamReader {
 public:
  // Sends "GET `path`" with `headers`, each "Name: value", and reads the head of the answer.
  StreamReader(int port, const std::string& path, const RestClient::Headers& headers = {});

  int status() const { return status_; }
  const std::string& head() const { return head_; }  // status line and headers, as sent
  // The body of an answer that is no stream.
  std::string body() const;

  // The next chunk; nothing after the last one, or when the connection ended without it.
  std::optional<std::string> next_chunk();
  // The stream ended as it should, with its last chunk.
  bool ended() const { return ended_; }
  // The next server-sent event. Comments are skipped.
  std::optional<SentEvent> next_event();
  // Reads events up to one of this type and name; nothing when there is none.
  std::optional<SentEvent> wait_for(std::string_view type, std::string_view name);
  // Reads until `part` has come; false when the stream ended before.
  bool wait_for_text(std::string_view part);
  // All text that has been read.
  const std::string& text() const { return text_; }

  // For a further request on the same connection, once the stream has ended.
  const RawConnection& connection() const { return connection_; }

 private:
  RawConnection connection_;
  int status_ = 0;
  std::string head_;
  std::string text_;
  std::size_t taken_ = 0;  // of text_, by next_event()
  bool ended_ = false;
};
