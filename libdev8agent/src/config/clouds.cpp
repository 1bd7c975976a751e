// The table of clouds.
#include "config/clouds.h"

#include <array>

namespace dev8agent::internal {
namespace {

constexpr std::array kClouds = {
    Cloud{"login.microsoftonline.com", "https://management.azure.com",
          "https://{account}.file.core.windows.net"},
    Cloud{"login.microsoftonline.us", "https://management.usgovcloudapi.net",
          "https://{account}.file.core.usgovcloudapi.net"},
    Cloud{"login.chinacloudapi.cn", "https://management.chinacloudapi.cn",
          "https://{account}.file.core.chinacloudapi.cn"},
    Cloud{"login.partner.microsoftonline.cn", "https://management.chinacloudapi.cn",
          "https://{account}.file.core.chinacloudapi.cn"},
};

}  // namespace

const Cloud& public_cloud() {
  return kClouds.front();
}

const Cloud* cloud_of(std::string_view authority_host) {
  for (const Cloud& cloud : kClouds) {
    if (cloud.authority_host == authority_host) return &cloud;
  }
  return nullptr;
}

}  // namespace dev8agent::internal
