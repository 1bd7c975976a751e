// Requests by libcurl and by hand.
#include "rest_client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>

#include "api_document.h"
#include "json/parse.h"

namespace {

std::size_t take_body(char* data, std::size_t, std::size_t size, void* answer) {
  static_cast<Answer*>(answer)->body.append(data, size);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* answer) {
  const std::string line(data, size);
  const std::size_t colon = line.find(": ");
  if (colon != std::string::npos) {
    static_cast<Answer*>(answer)->headers.push_back(
        {line.substr(0, colon), line.substr(colon + 2, line.find_last_not_of("\r\n") - colon - 1)});
  }
  return size;
}

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

void add(List& list, const std::string& line) {
  list.reset(curl_slist_append(list.release(), line.c_str()));
}

bool names(const RestClient::Headers& headers, const std::string& name) {
  for (const std::string& line : headers) {
    if (line.starts_with(name + ":")) return true;
  }
  return false;
}

List header_list(const RestClient::Headers& headers, bool has_body) {
  List list(nullptr, curl_slist_free_all);
  for (const std::string& line : headers) add(list, line);
  if (!names(headers, "Content-Type"))
    add(list, has_body ? "Content-Type: application/json" : "Content-Type:");
  if (!names(headers, "Expect")) add(list, "Expect:");
  return list;
}

}  // namespace

std::string Answer::header(std::string_view name) const {
  return std::string(dev8agent::find_header(headers, name).value_or(""));
}

std::vector<std::string> Answer::bad_fields() const {
  std::vector<std::string> fields;
  const dev8agent::internal::json::Value* details = json.find("details");
  if (details == nullptr) return fields;
  for (const auto& entry : details->array()) fields.emplace_back(entry.string_at({"field"}));
  return fields;
}

Answer RestClient::send(const std::string& method, const std::string& path, const std::string& body,
                        const Headers& headers) const {
  const Easy easy(curl_easy_init(), curl_easy_cleanup);
  const List list = header_list(headers, !body.empty());
  Answer answer;
  curl_easy_setopt(easy.get(), CURLOPT_URL, (url_ + path).c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, list.get());
  if (!ca_file_.empty()) curl_easy_setopt(easy.get(), CURLOPT_CAINFO, ca_file_.c_str());
  if (!body.empty() || method == "POST") {
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, body.data());
  }
  if (method == "HEAD") curl_easy_setopt(easy.get(), CURLOPT_NOBODY, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &answer);
  long status = 0;
  curl_easy_perform(easy.get());
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  if (auto parsed = dev8agent::internal::json::parse(answer.body); parsed.ok())
    answer.json = std::move(*parsed);
  // What the API document says of an answer holds for every one.
  for (const std::string& error : errors_of_answer(method, path, answer)) FAIL_CHECK(error);
  return answer;
}

RawConnection::RawConnection(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
    throw std::runtime_error("connect");
}

RawConnection::~RawConnection() {
  close(socket_);
}

void RawConnection::send(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string RawConnection::read_all() const {
  return read_until(std::string_view("\0never", 6));
}

std::string RawConnection::read_until(std::string_view mark) const {
  std::string text;
  char c = 0;
  while (text.find(mark, text.size() < mark.size() ? 0 : text.size() - mark.size()) == std::string::npos &&
         recv(socket_, &c, 1, 0) == 1) {
    text += c;
  }
  return text;
}

std::string RawConnection::read_exactly(std::size_t size) const {
  std::string text(size, '\0');
  const ssize_t count = size == 0 ? 0 : recv(socket_, text.data(), size, MSG_WAITALL);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

void RawConnection::end_sending() const {
  shutdown(socket_, SHUT_WR);
}
