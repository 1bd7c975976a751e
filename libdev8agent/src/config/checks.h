// The forms of single configuration values: pure predicates and normal forms; any thread. An empty text has
// none of these forms; whether a value may be left out is decided in finalize.cpp. Sources: Microsoft Learn,
// "Naming rules and restrictions for Azure resources", and the OCI specification of image references.
#pragma once

#include <string>
#include <string_view>

namespace dev8agent::internal {

// `name` in lower case and without spaces: Azure accepts "East US" for "eastus", and answers with either.
std::string normalise_region(std::string_view name);
// The NAME of AZURE_STORAGE_KEY_<NAME> for a region: upper case, with '_' in place of everything but letters
// and digits. "west-europe" becomes WEST_EUROPE.
std::string region_variable_suffix(std::string_view name);

bool is_guid(std::string_view text);             // 8-4-4-4-12 hexadecimal digits, either case
bool is_tenant(std::string_view text);           // a GUID or a domain name
bool is_region_name(std::string_view text);      // [a-z0-9_-]{1,64}, not "auto", which lets the agent choose
bool is_location(std::string_view text);         // [a-z0-9]{1,64}
bool is_resource_group(std::string_view text);   // 1-90 letters, digits and -_.() without '.' at the end
bool is_storage_account(std::string_view text);  // 3-24 lower-case letters and digits
bool is_image(std::string_view text);            // [host[:port]/]path[:tag][@sha256:digest]
bool is_registry_server(std::string_view text);  // host[:port][/path]
bool is_api_version(std::string_view text);      // 2025-09-01, 2024-05-01-preview
// "/subscriptions/S/resourceGroups/R/providers/Microsoft.Network/virtualNetworks/V/subnets/NAME", in any case
bool is_subnet_id(std::string_view text);
// "/subscriptions/S/resourceGroups/R/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME"
bool is_identity_id(std::string_view text);
// "https://VAULT/secrets/NAME" or ".../NAME/VERSION". Source: Microsoft Learn, "Azure Key Vault keys, secrets
// and certificates overview", on object identifiers.
bool is_secret_uri(std::string_view text);
// The first API version of Microsoft.ContainerInstance in which groups take secrets from Key Vault. Source:
// its API descriptions.
inline constexpr std::string_view kWithSecretReferences = "2025-09-01";
// True when the API version is from before this date.
bool is_older_version(std::string_view version, std::string_view than);
bool is_printable_word(
    std::string_view text);  // visible ASCII without spaces: safe in a header or an argument

}  // namespace dev8agent::internal
