// Ids and the names that follow from them.
#include "plan/names.h"

#include <doctest/doctest.h>

using namespace dev8agent::internal::plan;

TEST_CASE("names: from an id and back, within Azure's limits") {
  const ResourceNames names = names_of("workspace-0001");
  CHECK(names.container_group == "aci-workspace-0001");
  CHECK(names.dns_label == "ws-workspace-0001");
  CHECK(names.file_share == "fs-workspace-0001");
  const ResourceNames longest = names_of(std::string(59, 'x'));
  CHECK(longest.container_group.size() == 63);
  CHECK(longest.dns_label.size() <= 63);
  CHECK(longest.file_share.size() <= 63);
  CHECK(id_of_share(names.file_share) == "workspace-0001");
  CHECK(id_of_group(names.container_group) == "workspace-0001");
  CHECK(id_of_group("ACI-Workspace-0001") == "workspace-0001");
}

TEST_CASE("names: good ids") {
  for (const char* id : {"a123456789", "0000000000", "a-b-c-d-e-f", "123e4567-e89b-42d3-a456-426614174000"}) {
    CHECK_FALSE(broken_id_rule(id).has_value());
  }
  CHECK_FALSE(broken_id_rule(std::string(59, 'x')).has_value());
}

TEST_CASE("names: every byte but lower-case letters, digits and hyphens breaks an id, at every place") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    for (std::size_t at : {0u, 4u, 9u}) {
      std::string id = "abcdefghij";
      id[at] = c;
      CAPTURE(id);
      CHECK(broken_id_rule(id).has_value() == !(plain || (c == '-' && at == 4)));
    }
  }
  for (const char* id :
       {"", "a", "abcdefghi", "abcde--fghij", "-abcdefghij", "abcdefghij-", "none/../fs-victim"}) {
    CHECK(broken_id_rule(id).has_value());
  }
  CHECK(broken_id_rule(std::string(60, 'x')).has_value());
}

TEST_CASE("names: foreign resources have no id") {
  for (const char* name :
       {"", "fs-", "fs-short", "workspace-0001", "FS-workspace-0001", "fs-Workspace-0001",
        "xfs-workspace-0001", "fs-workspace--001", "fs-workspace-0001?x", "aci-workspace-0001"}) {
    CHECK_FALSE(id_of_share(name).has_value());
  }
  for (const char* name :
       {"", "aci-", "aci-short", "workspace-0001", "ws-workspace-0001", "aci-workspace-0001/x"}) {
    CHECK_FALSE(id_of_group(name).has_value());
  }
}
