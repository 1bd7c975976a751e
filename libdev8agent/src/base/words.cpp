// The public functions of words.h's lists.
#include "base/words.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;

std::string_view to_string(CloudProvider value) {
  return word_of(value);
}
std::string_view to_string(RestartPolicy value) {
  return word_of(value);
}
std::string_view to_string(WorkspaceLayout value) {
  return word_of(value);
}
std::string_view to_string(WorkspaceReady value) {
  return word_of(value);
}
std::string_view to_string(StorageAuth value) {
  return word_of(value);
}
std::string_view to_string(MountAuth value) {
  return word_of(value);
}
std::string_view to_string(WorkspaceTlsMode value) {
  return word_of(value);
}
std::string_view to_string(DnsLabelScope value) {
  return word_of(value);
}

std::optional<CloudProvider> parse_cloud_provider(std::string_view word) {
  return parse_word<CloudProvider>(word);
}
std::optional<RestartPolicy> parse_restart_policy(std::string_view word) {
  return parse_word<RestartPolicy>(word);
}
std::optional<WorkspaceLayout> parse_workspace_layout(std::string_view word) {
  return parse_word<WorkspaceLayout>(word);
}
std::optional<WorkspaceReady> parse_workspace_ready(std::string_view word) {
  return parse_word<WorkspaceReady>(word);
}
std::optional<StorageAuth> parse_storage_auth(std::string_view word) {
  return parse_word<StorageAuth>(word);
}
std::optional<MountAuth> parse_mount_auth(std::string_view word) {
  return parse_word<MountAuth>(word);
}
std::optional<WorkspaceTlsMode> parse_workspace_tls_mode(std::string_view word) {
  return parse_word<WorkspaceTlsMode>(word);
}
std::optional<DnsLabelScope> parse_dns_label_scope(std::string_view word) {
  return parse_word<DnsLabelScope>(word);
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
