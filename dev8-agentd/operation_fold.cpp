// Each member is listed once, in visit(), for both directions. Numbers are written in base 128, the lowest
// digits first, text behind its length. Text that ends as an earlier one does, such as a host name in URLs,
// refers to that.
#include "operation_fold.h"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace dev8agentd {
namespace {

using dev8agent::WallTime;

template <class T>
concept Enumeration = std::is_enum_v<T>;

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void operator()(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) out_ += static_cast<char>(number | 0x80);
    out_ += static_cast<char>(number);
  }
  // Zigzag: small negative numbers stay short.
  void operator()(std::int64_t number) {
    (*this)(static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63));
  }
  void operator()(int number) { (*this)(std::int64_t{number}); }
  void operator()(bool value) { (*this)(std::uint64_t{value}); }
  void operator()(Enumeration auto value) { (*this)(static_cast<std::int64_t>(value)); }
  void operator()(WallTime time) { (*this)(std::int64_t{time.time_since_epoch().count()}); }
  void operator()(std::chrono::milliseconds span) { (*this)(std::int64_t{span.count()}); }
  void operator()(const std::string& text);
  template <class T>
  void operator()(const std::optional<T>& value);
  template <class T>
  void operator()(const std::vector<T>& values);
  void operator()(const dev8agent::NamedTexts& texts);
  template <class T>
  requires std::is_class_v<T>
  void operator()(const T& record) { visit(*this, record); }

 private:
  void append(std::string_view bytes);

  std::string out_;
  std::vector<std::string_view> texts_;  // of the record
};

class Reader {
 public:
  explicit Reader(std::string_view in) : rest_(in) {}

  void operator()(std::uint64_t& number);
  void operator()(std::int64_t& number) {
    std::uint64_t folded = 0;
    (*this)(folded);
    number = static_cast<std::int64_t>(folded >> 1) ^ -static_cast<std::int64_t>(folded & 1);
  }
  void operator()(int& number) { number = static_cast<int>(signed_number()); }
  void operator()(bool& value) { value = unsigned_number() != 0; }
  void operator()(Enumeration auto& value) {
    value = static_cast<std::remove_reference_t<decltype(value)>>(signed_number());
  }
  void operator()(WallTime& time) { time = WallTime(WallTime::duration(signed_number())); }
  void operator()(std::chrono::milliseconds& span) { span = std::chrono::milliseconds(signed_number()); }
  void operator()(std::string& text);
  template <class T>
  void operator()(std::optional<T>& value);
  template <class T>
  void operator()(std::vector<T>& values);
  void operator()(dev8agent::NamedTexts& texts);
  template <class T>
  requires std::is_class_v<T>
  void operator()(T& record) { visit(*this, record); }

  // Bytes behind their length. A first text is nothing else.
  std::string_view take_bytes();

 private:
  std::uint64_t unsigned_number() {
    std::uint64_t number = 0;
    (*this)(number);
    return number;
  }
  std::int64_t signed_number() {
    std::int64_t number = 0;
    (*this)(number);
    return number;
  }

  std::string_view rest_;
  std::vector<std::string> texts_;
};

// Is `T` the struct `S`, const or not?
template <class T, class S>
concept Is = std::same_as<std::remove_const_t<T>, S>;

void visit(auto& archive, Is<dev8agent::OperationStage> auto& stage) {
  auto& [which, started_at, ended_at] = stage;
  archive(which), archive(started_at), archive(ended_at);
}
void visit(auto& archive, Is<dev8agent::Progress> auto& progress) {
  auto& [stage, detail, attempt, next_attempt_at] = progress;
  archive(stage), archive(detail), archive(attempt), archive(next_attempt_at);
}
void visit(auto& archive, Is<dev8agent::OperationAim> auto& aim) {
  auto& [cpu_cores, memory_gb, storage_gb, owner, asks_more] = aim;
  archive(cpu_cores), archive(memory_gb), archive(storage_gb), archive(owner), archive(asks_more);
}
void visit(auto& archive, Is<dev8agent::OperationId> auto& about) {
  auto& [kind, environment_id, cloud_region, created_at, aim, nonce] = about;
  archive(environment_id);  // first: see environment_of()
  archive(kind), archive(cloud_region), archive(created_at), archive(aim), archive(nonce);
}
void visit(auto& archive, Is<dev8agent::FieldError> auto& field) {
  auto& [name, message] = field;
  archive(name), archive(message);
}
void visit(auto& archive, Is<dev8agent::ErrorEvent> auto& event) {
  auto& [time, name, message, count] = event;
  archive(time), archive(name), archive(message), archive(count);
}
void visit(auto& archive, Is<dev8agent::Error> auto& error) {
  auto& [code, message, fields, azure_status, azure_code, azure_request_id, retryable, retry_after, lasting,
         request_sent, attempts, elapsed, events, log_tail, unresolved_host] = error;
  archive(code), archive(message), archive(fields), archive(azure_status), archive(azure_code);
  archive(azure_request_id), archive(retryable), archive(retry_after), archive(lasting);
  archive(request_sent), archive(attempts), archive(elapsed), archive(events), archive(log_tail);
  archive(unresolved_host);
}
void visit(auto& archive, Is<dev8agent::EnvironmentSpec> auto& spec) {
  auto& [user_id, name, cpu_cores, memory_gb, storage_gb, base_image, idle_stop_minutes, image, variables,
         git_repository, labels, zone] = spec;
  archive(user_id), archive(name), archive(cpu_cores), archive(memory_gb), archive(storage_gb);
  archive(base_image), archive(idle_stop_minutes), archive(image), archive(variables);
  archive(git_repository), archive(labels), archive(zone);
}
void visit(auto& archive, Is<dev8agent::ConnectionUrls> auto& urls) {
  auto& [ssh, web, desktop, supervisor] = urls;
  archive(ssh), archive(web), archive(desktop), archive(supervisor);
}
// It has a base, which rules out a list of all members; tests/daemon/operation_fold_test.cpp misses none.
void visit(auto& archive, Is<dev8agent::Environment> auto& e) {
  using Environment = std::remove_reference_t<decltype(e)>;
  using Spec = std::conditional_t<std::is_const_v<Environment>, const dev8agent::EnvironmentSpec,
                                  dev8agent::EnvironmentSpec>;
  visit(archive, static_cast<Spec&>(e));
  archive(e.id), archive(e.status), archive(e.status_detail), archive(e.cloud_provider);
  archive(e.cloud_region), archive(e.azure_resource_group), archive(e.azure_container_group);
  archive(e.azure_file_share), archive(e.azure_fqdn), archive(e.connection_urls);
  archive(e.created_at), archive(e.updated_at), archive(e.last_activity_at), archive(e.idle_stop_at);
}
void visit(auto& archive, Is<dev8agent::OperationRecord> auto& record) {
  auto& [id, about, status, progress, stages, updated_at, error, environment] = record;
  static_cast<void>(id);
  archive(about), archive(status), archive(progress), archive(stages), archive(updated_at);
  archive(error), archive(environment);
}

constexpr std::size_t kWorthReferring = 4;  // bytes

// What is before the longest earlier text that it holds, the number of that one (from 1 on; 0: none), and
// what is behind it.
void Writer::operator()(const std::string& text) {
  std::uint64_t number = 0;
  std::string_view held;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const bool better = texts_[i].size() > held.size() && texts_[i].size() >= kWorthReferring;
    if (better && text.find(texts_[i]) != std::string::npos) held = texts_[i], number = i + 1;
  }
  const std::size_t before = held.empty() ? text.size() : text.find(held);
  append(std::string_view(text).substr(0, before));
  (*this)(number);
  if (number > 0) append(std::string_view(text).substr(before + held.size()));
  texts_.push_back(text);
}

void Writer::append(std::string_view bytes) {
  (*this)(std::uint64_t{bytes.size()});
  out_ += bytes;
}

void Reader::operator()(std::uint64_t& number) {
  number = 0;
  for (int shift = 0;; shift += 7) {
    const auto digit = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    number |= static_cast<std::uint64_t>(digit & 0x7f) << shift;
    if (digit < 0x80) return;
  }
}

std::string_view Reader::take_bytes() {
  const std::size_t size = unsigned_number();
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

void Reader::operator()(std::string& text) {
  text = take_bytes();
  if (const std::uint64_t number = unsigned_number(); number > 0) {
    text += texts_[number - 1];
    text += take_bytes();
  }
  texts_.push_back(text);
}

template <class T>
void Writer::operator()(const std::optional<T>& value) {
  (*this)(value.has_value());
  if (value) (*this)(*value);
}
template <class T>
void Reader::operator()(std::optional<T>& value) {
  value.reset();
  if (unsigned_number() != 0) (*this)(value.emplace());
}
template <class T>
void Writer::operator()(const std::vector<T>& values) {
  (*this)(std::uint64_t{values.size()});
  for (const T& value : values) (*this)(value);
}
template <class T>
void Reader::operator()(std::vector<T>& values) {
  values.resize(unsigned_number());
  for (T& value : values) (*this)(value);
}

void Writer::operator()(const dev8agent::NamedTexts& texts) {
  (*this)(std::uint64_t{texts.size()});
  for (const auto& [name, value] : texts) (*this)(name), (*this)(value);
}
void Reader::operator()(dev8agent::NamedTexts& texts) {
  texts.clear();
  for (std::uint64_t left = unsigned_number(); left > 0; --left) {
    std::string name;
    (*this)(name);
    (*this)(texts[name]);
  }
}

}  // namespace

std::string fold(const dev8agent::OperationRecord& record) {
  Writer writer;
  writer(record);
  std::string folded = writer.take();
  folded.shrink_to_fit();
  return folded;
}

dev8agent::OperationRecord unfold(std::string id, std::string_view folded) {
  dev8agent::OperationRecord record;
  Reader reader(folded);
  reader(record);
  record.id = std::move(id);
  return record;
}

std::string_view environment_of(std::string_view folded) {
  return Reader(folded).take_bytes();
}

}  // namespace dev8agentd
