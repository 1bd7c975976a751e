// The open operations and the record of an ended one.
#include "operation_journal.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace dev8agentd {
namespace {

using dev8agent::LogLevel;
using dev8agent::LogRecord;

LogLevel level_of(std::string_view operation, const dev8agent::Error* error) {
  if (error != nullptr && dev8agent::http_status(error->code) >= 500) return LogLevel::kWarn;
  constexpr std::array<std::string_view, 5> kReads = {"get", "list", "observe", "events", "logs"};
  const bool reads = std::find(kReads.begin(), kReads.end(), operation) != kReads.end();
  return reads ? LogLevel::kDebug : LogLevel::kInfo;
}

// "creating-share" becomes "creatingShareMs".
std::string field_of(std::string_view stage) {
  std::string name;
  bool begins_word = false;
  for (const char c : stage) {
    if (c != '-') name += begins_word ? static_cast<char>(c - 'a' + 'A') : c;
    begins_word = c == '-';
  }
  return name + "Ms";
}

// A stage that was entered again counts for all its times.
std::vector<std::pair<std::string, std::chrono::milliseconds>> times_of(
    const std::vector<dev8agent::OperationStage>& stages) {
  const auto now = std::chrono::system_clock::now();
  std::vector<std::pair<std::string, std::chrono::milliseconds>> times;
  for (const dev8agent::OperationStage& stage : stages) {
    const std::string name = field_of(to_string(stage.stage));
    auto time =
        std::find_if(times.begin(), times.end(), [&](const auto& other) { return other.first == name; });
    if (time == times.end()) time = times.insert(times.end(), {name, {}});
    time->second += std::chrono::duration_cast<std::chrono::milliseconds>(stage.ended_at.value_or(now) -
                                                                          stage.started_at);
  }
  return times;
}

LogRecord record_of(const OperationJournal::Entry& entry, const OperationJournal::End& ended) {
  const dev8agent::Error* error = ended.error;
  const auto taken =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - entry.begin);
  LogRecord record{level_of(entry.operation, error), "operation.finished", {}};
  const auto add = [&](std::string name, std::string value) {
    if (!value.empty()) record.fields.push_back({std::move(name), std::move(value)});
  };
  add("operation", std::string(entry.operation));
  if (entry.operation_id) add("operationId", *entry.operation_id);
  add("environment", entry.environment);
  add("requestId", entry.request_id);
  add("traceId", entry.trace_id);
  add("caller", entry.caller);
  add("remote", entry.remote);
  add("result", error == nullptr ? "OK" : std::string(to_string(error->code)));
  add("durationMs", std::to_string(taken.count()));
  for (const auto& [name, time] : times_of(ended.stages)) add(name, std::to_string(time.count()));
  if (error != nullptr && error->attempts > 0) add("attempts", std::to_string(error->attempts));
  const bool error_tells = error != nullptr && !error->azure_request_id.empty();
  add("azureRequestId", error_tells ? error->azure_request_id : ended.azure_request_id);
  if (error != nullptr) add("message", error->message);
  return record;
}

// The texts of an entry in the order in which they are packed.
void for_each_text(auto& entry, auto each) {
  each(entry.environment), each(entry.request_id), each(entry.caller), each(entry.remote),
      each(entry.trace_id);
}

// Each text behind its length. They come from one request, which has some MB at most.
std::string pack(const OperationJournal::Entry& entry) {
  std::string packed;
  for_each_text(entry, [&](const std::string& text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    packed.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  });
  packed.shrink_to_fit();
  return packed;
}

void unpack(std::string_view packed, OperationJournal::Entry& entry) {
  for_each_text(entry, [&](std::string& text) {
    std::uint32_t size = 0;
    std::memcpy(&size, packed.data(), sizeof size);
    text = packed.substr(sizeof size, size);
    packed.remove_prefix(sizeof size + size);
  });
}

}  // namespace

struct OperationJournal::Open {
  explicit Open(const Entry& entry)
      : operation(entry.operation),
        texts(pack(entry)),
        operation_id(entry.operation_id),
        begin(entry.begin) {}
  Entry entry() const {
    Entry all{.operation = operation, .environment = {}, .request_id = {}, .operation_id = operation_id};
    unpack(texts, all);
    all.begin = begin;
    return all;
  }

  std::string_view operation;
  std::string texts;
  std::shared_ptr<const std::string> operation_id;
  std::chrono::steady_clock::time_point begin;
};

OperationJournal::OperationJournal(dev8agent::Logger logger) : logger_(std::move(logger)) {}
OperationJournal::~OperationJournal() = default;

std::uint64_t OperationJournal::begin(const Entry& entry) {
  std::lock_guard lock(mutex_);
  open_.emplace(++last_, entry);
  return last_;
}

void OperationJournal::end(std::uint64_t number, const End& ended) {
  std::unique_lock lock(mutex_);
  const auto open = open_.extract(number);
  lock.unlock();
  if (logger_ && !open.empty()) logger_(record_of(open.mapped().entry(), ended));
}

std::vector<std::string> OperationJournal::under_way() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [number, open] : open_) {
    const Entry entry = open.entry();
    names.push_back(std::string(entry.operation) +
                    (entry.environment.empty() ? "" : " " + entry.environment));
  }
  return names;
}

}  // namespace dev8agentd
