// An environment without the marks of agents: as a person or another program would have made it under the
// same names.
#pragma once

#include <string>

#include "support/ask_azure.h"

namespace dev8agent::test {

// Fails the test case when Azure refuses.
inline void change_in_azure(World& world, const std::string& method, const std::string& path,
                            std::string body) {
  const HttpResponse answer = ask_azure(world, method, path, std::move(body));
  REQUIRE_MESSAGE(answer.status < 300, answer.body);
}

// Puts `tags`, a JSON object, in the place of all tags of the environment's group.
inline void replace_tags(World& world, const std::string& id, const std::string& tags) {
  change_in_azure(world, "PATCH",
                  "Microsoft.ContainerInstance/containerGroups/aci-" + id + "?api-version=2025-09-01",
                  R"({"tags":)" + tags + "}");
}

// The same with the metadata of its share.
inline void replace_metadata(World& world, const std::string& id, const std::string& metadata) {
  change_in_azure(world, "PATCH",
                  "Microsoft.Storage/storageAccounts/" + world.share(id).storage_account +
                      "/fileServices/default/shares/fs-" + id + "?api-version=2023-05-01",
                  R"({"properties":{"metadata":)" + metadata + "}}");
}

inline void unmark(World& world, const std::string& id) {
  replace_tags(world, id, "{}");
  replace_metadata(world, id, "{}");
}

}  // namespace dev8agent::test
