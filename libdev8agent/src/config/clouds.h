// Azure's clouds: which endpoints belong together. Source: Microsoft Learn, "Azure Government" and "Azure
// China 21Vianet" developer guides.
#pragma once

#include <string_view>

namespace dev8agent::internal {

struct Cloud {
  std::string_view authority_host;  // host name of the Entra authority
  std::string_view resource_manager;
  std::string_view file;
};

const Cloud& public_cloud();
// The cloud of an authority's host name, or null for one that is not Azure's own.
const Cloud* cloud_of(std::string_view authority_host);

}  // namespace dev8agent::internal
