// The settings of a storage account that decide how its shares can be used. A plain value.
#pragma once

#include <optional>

namespace dev8agent::internal {

struct StorageAccountSettings {
  bool allows_keys = true;     // for Azure Files
  bool has_smb_oauth = false;  // identities may mount shares
};

// How long the account keeps deleted shares. No days: it does not.
struct ShareRetention {
  std::optional<int> days{};
};

}  // namespace dev8agent::internal
