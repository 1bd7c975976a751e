// What an administrator does to the file share of an environment, past the agent: through Azure Resource
// Manager.
#pragma once

#include <string>
#include <vector>

#include "json/parse.h"
#include "support/ask_azure.h"

namespace dev8agent::test {

// `rest` follows the share's name; `snapshot` may name one of its snapshots. The share is in the first
// account.
inline HttpResponse share_by_hand(const World& world, const std::string& method, const std::string& id,
                                  const std::string& rest, const std::string& body = "",
                                  const std::string& snapshot = "") {
  std::vector<HttpHeader> headers;
  if (!snapshot.empty()) headers.push_back({"x-ms-snapshot", snapshot});
  const std::string path = "Microsoft.Storage/storageAccounts/" +
                           world.azure().options().storage_accounts.front().name +
                           "/fileServices/default/shares/fs-" + id + rest +
                           (rest.find('?') == std::string::npos ? "?" : "&") + "api-version=2025-06-01";
  return ask_azure(world, method, path, body, std::move(headers));
}

// Takes a lease without end on the share, or on one of its snapshots.
inline void lease_by_hand(const World& world, const std::string& id, const std::string& snapshot = "") {
  const std::string wish = R"({"action":"Acquire","leaseDuration":-1})";
  REQUIRE(share_by_hand(world, "POST", id, "/lease", wish, snapshot).status == 200);
}
inline void break_lease_by_hand(const World& world, const std::string& id, const std::string& snapshot = "") {
  REQUIRE(share_by_hand(world, "POST", id, "/lease", R"({"action":"Break"})", snapshot).status == 200);
}

// Returns its name.
inline std::string snapshot_by_hand(const World& world, const std::string& id) {
  const HttpResponse made = share_by_hand(world, "PUT", id, "?$expand=snapshots", "{}");
  REQUIRE(made.status == 201);
  return std::string(internal::json::parse(made.body)->string_at({"properties", "snapshotTime"}));
}
inline bool has_snapshot(const World& world, const std::string& id, const std::string& snapshot) {
  return share_by_hand(world, "GET", id, "", "", snapshot).status == 200;
}

}  // namespace dev8agent::test
