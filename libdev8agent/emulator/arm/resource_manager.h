// Azure Resource Manager: what it checks before any provider sees a request, the way to the
// container group operations, and the small resources (subscription, resource group, capabilities,
// providers, storage accounts with listKeys).
#pragma once

#include "arm/group_handlers.h"
#include "arm/share_resources.h"
#include "core/roles.h"
#include "entra/token_store.h"

namespace dev8agent::emulator {

// Not thread-safe: the emulator calls it under its mutex. It keeps references to all arguments,
// which must outlive it. The definitions are in front_door.cpp (checks), resource_manager.cpp (dispatch)
// and accounts.cpp (providers, storage accounts).
class ResourceManager {
 public:
  ResourceManager(const EmulatorOptions& options, Storage& storage, const TokenStore& tokens,
                  GuidSource& guids, const Roles& roles)
      : options_(options),
        storage_(storage),
        tokens_(tokens),
        guids_(guids),
        groups_(options, storage, guids, roles),
        shares_(options, storage, guids) {}

  // See arm_route().
  static Route route(const Exchange& exchange);
  // Answers the request with all headers of Azure. Errors are answers, too.
  HttpResponse handle(const Exchange& exchange);

  // For Emulator: scenarios, operations, and the groups themselves.
  ContainerGroups& groups() { return groups_; }

 private:
  // Why the request is refused before its resource is looked at. In this order: token, api-version
  // missing, body over 4 MB, scope, permission, version, registration. Such answers have x-ms-failure-cause
  // "gateway".
  std::optional<ArmReply> refuse(const ArmPath& path, const Exchange& exchange) const;
  // 401 unless the Authorization header is "Bearer" with a valid token for this audience.
  std::optional<ArmReply> check_token(const Exchange& exchange) const;
  // 400 NoRegisteredProviderFound for an api-version that the provider does not have, or an unknown
  // location; 400 InvalidApiVersionParameter for one that the list of subscriptions does not have.
  Refusal check_version(const ArmPath& path, std::string_view version) const;
  // 404 for another subscription, resource group or provider, or a path that is not emulated.
  Refusal check_scope(const ArmPath& path) const;
  // 403 when the roles of all callers lack the action (EmulatorOptions::denied_actions).
  Refusal check_permission(const ArmPath& path, const Exchange& exchange) const;
  // 409 for what belongs to a provider that the subscription is not registered for.
  Refusal check_registration(const ArmPath& path) const;
  // Carries out an accepted request; 405 when the method does not fit the resource.
  ArmReply dispatch(const ArmPath& path, const Exchange& exchange);
  ArmReply change_group(const ArmPath& path, const Exchange& exchange);
  ArmReply share_operation(const ArmPath& path, const Exchange& exchange);
  // GET of all resource groups; GET and HEAD of one that exists.
  ArmReply resource_groups() const;
  ArmReply resource_group(const ArmPath& path, const Exchange& exchange) const;
  ArmReply subscription() const;
  // GET of all subscriptions that the caller sees: the one there is.
  ArmReply subscriptions() const;
  ArmReply capabilities(const ArmPath& path) const;
  // exec and attach of a container: 501 NotEmulated where there is such a group.
  ArmReply terminal(const ArmPath& path, const Exchange& exchange);
  // The storage account of the path; null when there is no such account in the resource group. In
  // accounts.cpp, as what follows.
  Account* account_at(const ArmPath& path) const;
  // The accounts of the path's resource group, or of the subscription.
  ArmReply storage_accounts(const ArmPath& path, const Exchange& exchange) const;
  ArmReply storage_account(const ArmPath& path, const Exchange& exchange) const;
  ArmReply file_service(const ArmPath& path) const;
  // Takes over the soft delete of the body; what else an account has there is not emulated, and ignored.
  ArmReply set_file_service(const ArmPath& path, const Exchange& exchange);
  bool registered(std::string_view provider) const;
  ArmReply provider(const ArmPath& path) const;
  // POST listKeys: both keys of the account; 404 when there is no such account in the resource
  // group.
  ArmReply storage_keys(const ArmPath& path, const Exchange& exchange) const;

  const EmulatorOptions& options_;
  Storage& storage_;
  const TokenStore& tokens_;
  GuidSource& guids_;
  ContainerGroups groups_;
  ShareResources shares_;
};

}  // namespace dev8agent::emulator
