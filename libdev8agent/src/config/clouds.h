// Azure's clouds: which endpoints belong together. Whoever sets the authority of a sovereign cloud gets its
// other endpoints, too. Source: Microsoft Learn, "Azure Government" and "Azure China 21Vianet" developer
// guides.
#pragma once

#include <string_view>

namespace dev8agent::internal {

// One cloud. The views point to constants.
struct Cloud {
  std::string_view authority_host;    // host name of the Entra authority
  std::string_view resource_manager;  // URL of the resource manager
  std::string_view file;              // URL of Azure Files, with "{account}" in its host
};

// The cloud that is used unless another one is configured.
const Cloud& public_cloud();
// The cloud of an authority's host name in lower case, or null for a host that is not one of Azure's.
const Cloud* cloud_of(std::string_view authority_host);

}  // namespace dev8agent::internal
