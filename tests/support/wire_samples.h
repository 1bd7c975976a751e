// Bodies for tests of the wire formats, and what is wrong with them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dev8agent/error.h"
#include "json/parse.h"
#include "json/write.h"

namespace dev8agent::test {

using namespace internal;

// `base` with members replaced by JSON values ("" takes one away).
inline std::string with(const std::string& base,
                        const std::vector<std::pair<std::string, std::string>>& changes) {
  json::Value value = json::parse(base).value();
  for (const auto& [name, text] : changes) {
    if (text.empty()) {
      value.erase(name);
    } else {
      value.set(name, json::parse(text).value());
    }
  }
  return json::write(value);
}

inline const std::string kCreateBody =
    R"({"workspaceId":"workspace-0001","userId":"user-1","name":"My workspace","cloudProvider":"AZURE",)"
    R"("cloudRegion":"eastus","cpuCores":2,"memoryGB":4,"storageGB":20,"baseImage":"node"})";

// The fields of an error, each followed by a space; "-" for a success.
template <class T>
std::string bad_fields(const Result<T>& result) {
  if (result.ok()) return "-";
  std::string names;
  for (const FieldError& field : result.error().fields) names += field.field + " ";
  return names;
}

// All that an error says, for a look for what it must not say.
template <class T>
std::string everything(const Result<T>& result) {
  if (result.ok()) return "";
  std::string text = result.error().message;
  for (const FieldError& field : result.error().fields) text += "\n" + field.field + "\n" + field.message;
  return text;
}

}  // namespace dev8agent::test
