// Bodies for tests of the wire formats, and what is wrong with them. A test changes a
// good body in one place and checks what the parser makes of it:
//
//   const auto request = parse_create(with(kCreateBody, {{"cpuCores", "0"}}), settings);
//   CHECK(bad_fields(request) == "cpuCores ");
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dev8agent/error.h"
#include "json/parse.h"
#include "json/write.h"

namespace dev8agent::test {

using namespace internal;

// `base` with members replaced by JSON values, or added: a string has its quotes. ""
// takes a member away:
//
//   with(kCreateBody, {{"name", R"("Other")"}, {"cloudRegion", ""}});
inline std::string with(const std::string& base,
                        const std::vector<std::pair<std::string, std::string>>& changes) {
  json::Value value = json::parse(base).value();
  for (const auto& [name, text] : changes) {
    // Taking away what is not there is no error.
    if (text.empty()) {
      value.erase(name);
    } else {
      value.set(name, json::parse(text).value());
    }
  }
  // The order of the members stays; a new one comes last.
  return json::write(value);
}

// A valid create. Sizes are in vCPU and GB; tests of limits replace them.
inline const std::string kCreateBody =
    R"({"workspaceId":"workspace-0001","userId":"user-1","name":"My workspace","cloudProvider":"AZURE",)"
    R"("cloudRegion":"eastus","cpuCores":2,"memoryGB":4,"storageGB":20,"baseImage":"node"})";

// The fields that an error names, each followed by a space, in its order; "-" for a
// success, "" for an error without fields. A text, not a list, so that a failed
// comparison is easy to read.
template <class T>
std::string bad_fields(const Result<T>& result) {
  // Not "": that is an error which names no field.
  if (result.ok()) return "-";
  std::string names;
  for (const FieldError& field : result.error().fields) names += field.field + " ";
  return names;
}

// All that an error says, for tests that look for what it must not say (secrets). Empty
// for a success. Example:
//
//   CHECK(everything(result).find("hunter2") == std::string::npos);
template <class T>
std::string everything(const Result<T>& result) {
  if (result.ok()) return "";
  // The parts that reach a client.
  std::string text = result.error().message;
  for (const FieldError& field : result.error().fields) text += "\n" + field.field + "\n" + field.message;
  return text;
}

}  // namespace dev8agent::test
