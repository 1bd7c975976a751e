// Azure Resource Manager's front door: tokens, api-versions, scopes; behind it the providers.
#pragma once

#include "arm/group_handlers.h"
#include "entra/token_store.h"

namespace dev8agent::emulator {

class ResourceManager {
 public:
  ResourceManager(const EmulatorOptions& options, Storage& storage, const TokenStore& tokens,
                  GuidSource& guids)
      : options_(options),
        storage_(storage),
        tokens_(tokens),
        guids_(guids),
        groups_(options, storage, guids) {}

  static Route route(const Exchange& exchange);
  HttpResponse handle(const Exchange& exchange);

  ContainerGroups& groups() { return groups_; }

 private:
  std::optional<ArmReply> refuse(const ArmPath& path, const Exchange& exchange) const;
  std::optional<ArmReply> check_token(const Exchange& exchange) const;
  Refusal check_version(const ArmPath& path, std::string_view version) const;
  Refusal check_scope(const ArmPath& path) const;
  ArmReply dispatch(const ArmPath& path, const Exchange& exchange);
  ArmReply change_group(const ArmPath& path, const Exchange& exchange);
  ArmReply resource_group(const ArmPath& path, const Exchange& exchange) const;
  ArmReply subscription() const;
  ArmReply capabilities(const ArmPath& path) const;
  ArmReply storage_keys(const ArmPath& path, const Exchange& exchange) const;

  const EmulatorOptions& options_;
  Storage& storage_;
  const TokenStore& tokens_;
  GuidSource& guids_;
  ContainerGroups groups_;
};

}  // namespace dev8agent::emulator
