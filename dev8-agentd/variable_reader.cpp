// Typed access to configuration variables.
#include "variable_reader.h"

#include <charconv>

namespace dev8agentd {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// "tcp://10.0.0.1:8080", which AGENT_PORT holds where a Service is named "agent".
bool is_service_link(std::string_view value) {
  return value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  for (;;) {
    const std::size_t comma = text.find(',');
    items.emplace_back(trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::string VariableReader::text(const char* name, std::string_view fallback) const {
  const auto found = variables_.find(name);
  const std::string_view value = found == variables_.end() ? std::string_view() : trim(found->second);
  return std::string(value.empty() ? fallback : value);
}

bool VariableReader::is_blank(const char* name) const {
  const auto found = variables_.find(name);
  return found != variables_.end() && !found->second.empty() && trim(found->second).empty();
}

void VariableReader::fail(const char* name, std::string message) {
  const auto found = variables_.find(name);
  if (found != variables_.end() && is_service_link(found->second)) {
    message +=
        "; its value looks like a link that Kubernetes sets for a Service of the pod's namespace: rename "
        "that "
        "Service, or set enableServiceLinks: false in the pod's spec";
  }
  errors_.push_back({name, std::move(message)});
}

int VariableReader::integer(const char* name, int least, int most, int fallback) {
  const std::string value = text(name, "");
  if (value.empty()) return fallback;
  int number = 0;
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, number);
  if (failure == std::errc() && stop == end && number >= least && number <= most) return number;
  fail(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return fallback;
}

bool VariableReader::boolean(const char* name, bool fallback) {
  const std::string value = text(name, fallback ? "true" : "false");
  if (value == "true" || value == "false") return value == "true";
  fail(name, "must be true or false");
  return fallback;
}

std::vector<std::string> VariableReader::list(const char* name, std::string_view fallback,
                                              const std::function<bool(std::string_view)>& valid,
                                              const std::string& expected) {
  const std::string value = text(name, fallback);
  if (value.empty()) return {};
  std::vector<std::string> items = split_list(value);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!valid(items[i])) fail(name, "item " + std::to_string(i + 1) + " must be " + expected);
  }
  return items;
}

}  // namespace dev8agentd
