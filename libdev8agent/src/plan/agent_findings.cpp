// The table of what an agent finds about itself and its surroundings (GET /health?verbose=true).
#include <array>

#include "dev8agent/failure_guide.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {
namespace {

constexpr std::array kFindings = {
    FailureAdvice{"DEV8-KEYS-NOT-RELOADED",
                  "API_KEYS_FILE could not be read again; the keys that it held before still count.",
                  "Correct the file as the message says, and send SIGHUP again.", Repeat::kNo},
    FailureAdvice{
        "DEV8-CERTIFICATE-NOT-RELOADED",
        "The certificate or its key could not be read again; those that were read before are still in use.",
        "Correct the files as the message says, and send SIGHUP again.", Repeat::kNo},
    FailureAdvice{"DEV8-NO-API-KEYS",
                  "The agent listens beyond loopback without API keys: whoever reaches it may do everything.",
                  "Set API_KEYS or API_KEYS_FILE, or listen on a loopback address.", Repeat::kNo},
    FailureAdvice{"DEV8-LOG-LINES-DROPPED",
                  "Log lines were lost, because the reader of standard error is too slow.",
                  "Give the log a faster reader, or raise LOG_LEVEL.", Repeat::kNo},
    FailureAdvice{
        "DEV8-OPERATION-IDS-EPHEMERAL",
        "Ids of operations are good for this process alone: no other agent, and not this one after a "
        "restart, can answer for them.",
        "Set AGENT_ACTIVITY_SECRET to the same value of at least 32 characters on every agent.", Repeat::kNo},
    FailureAdvice{"DEV8-AZURE-CREDENTIALS",
                  "The agent gets no token of Azure, or Azure refuses its credentials.",
                  "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret, certificate or managed identity.",
                  Repeat::kYes},
    FailureAdvice{
        "DEV8-DNS", "The name of a host of Azure cannot be resolved.",
        "Check the name servers of the agent's machine (/etc/resolv.conf), and the variable that names the "
        "host: AZURE_RESOURCE_MANAGER_ENDPOINT, AZURE_AUTHORITY_HOST or AZURE_FILE_ENDPOINT. For a host of a "
        "storage account check AZURE_STORAGE_ACCOUNT first: an account that does not exist has no name.",
        Repeat::kYes},
    FailureAdvice{
        "DEV8-STORAGE-ACCOUNT-NAME",
        "The host name of a storage account cannot be resolved: most likely there is no account of that "
        "name.",
        "Check AZURE_STORAGE_ACCOUNT and the accounts in AZURE_REGIONS. Where the account is there, check "
        "AZURE_FILE_ENDPOINT, the private DNS zone of its private endpoint, and the name servers of the "
        "agent's machine (/etc/resolv.conf).",
        Repeat::kYes},
    FailureAdvice{
        "DEV8-AZURE-CERTIFICATE", "The TLS certificate of an endpoint of Azure is not trusted.",
        "Check what is between the agent and Azure: where a proxy ends TLS, name its CA in AZURE_CA_FILE. "
        "Check the clock of the agent's machine and its CA certificates, too.",
        Repeat::kYes},
    FailureAdvice{
        "DEV8-AZURE-UNREACHABLE", "Azure cannot be reached, or fails on its side.",
        "Check the network of the agent, its proxy and its endpoints, and https://status.azure.com.",
        Repeat::kYes},
    FailureAdvice{"DEV8-AZURE-PERMISSION", "Azure refuses what the agent has to do: a permission is missing.",
                  "Give the agent's identity its roles on resource group and storage account, and let it "
                  "through their firewalls.",
                  Repeat::kYes},
    FailureAdvice{
        "DEV8-AZURE-NOT-FOUND",
        "A subscription, resource group or storage account of the settings is not there, or not for "
        "the agent's identity.",
        "Check AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, AZURE_STORAGE_ACCOUNT and the regions' "
        "own; an identity without any role sees nothing.",
        Repeat::kYes},
    FailureAdvice{"DEV8-AZURE-PROVIDER", "The subscription is not registered for a provider of resources.",
                  "Register it once: az provider register --namespace Microsoft.ContainerInstance, the same "
                  "for Microsoft.Storage; it takes some minutes.",
                  Repeat::kYes},
    FailureAdvice{
        "DEV8-AZURE-BLOCKED",
        "A lock, a policy, a firewall or the state of the subscription forbids what the agent has to do.",
        "Do what Azure's message in the detail says: remove the lock, exempt the resource group from the "
        "policy, let the agent through the firewall, or have the subscription enabled again.",
        Repeat::kYes},
    FailureAdvice{"DEV8-STORAGE-FULL", "The storage account takes no more shares: creates fail.",
                  "Delete environments, or give a region a storage account of its own.", Repeat::kYes},
    FailureAdvice{"DEV8-REGION-FULL", "The subscription's quota of a region is used up: creates there fail.",
                  "Delete environments there, enable another region, or ask Azure for a higher quota.",
                  Repeat::kYes},
    FailureAdvice{
        "DEV8-REGION-SMALL",
        "A region has no container groups as large as environments may be: creates of that size fail "
        "there.",
        "Ask for smaller environments there, or create the large ones in another region.", Repeat::kNo},
    FailureAdvice{"DEV8-STORAGE-KEYS-FORBIDDEN",
                  "The storage account forbids its keys, and the settings use them.",
                  "Set AZURE_STORAGE_AUTH=entra and AZURE_MOUNT_AUTH=identity (docs/operations.md, Without "
                  "account keys), or allow the keys of the account.",
                  Repeat::kYes},
    FailureAdvice{"DEV8-STORAGE-SMB-OAUTH-OFF",
                  "Containers shall mount shares by identity, and the storage account does not offer that.",
                  "Switch it on: az storage account update --enable-smb-oauth true --name ACCOUNT.",
                  Repeat::kYes},
    FailureAdvice{
        "DEV8-STORAGE-NO-SOFT-DELETE",
        "The storage account does not keep deleted shares, so no deletion can be undone.",
        "Switch it on: az storage account file-service-properties update --enable-delete-retention true "
        "--delete-retention-days 7 --account-name ACCOUNT.",
        Repeat::kYes},
    FailureAdvice{
        "DEV8-REGISTRY-UNREACHABLE",
        "The registry of an image does not answer this machine. Azure pulls images itself, so creates "
        "may work.",
        "Check the image's name; where it is right, check the network and proxy of this machine.",
        Repeat::kYes},
    FailureAdvice{
        "DEV8-IMAGE-NOT-FOUND",
        "A registry does not show an image to those without credentials, and Azure pulls it without: "
        "creates with it fail.",
        "Correct the image's name or tag; of a private registry, set REGISTRY_SERVER with "
        "REGISTRY_USERNAME and REGISTRY_PASSWORD, or REGISTRY_IDENTITY.",
        Repeat::kYes},
    FailureAdvice{"DEV8-REGISTRY-OTHER",
                  "The registry credentials are for another registry than that of the images.",
                  "Correct REGISTRY_SERVER, or the image's name.", Repeat::kYes},
    FailureAdvice{
        "DEV8-NOT-CHECKED", "Something could not be found out.",
        "Read the detail; where the identity may not read it, give it the role Reader on the resource "
        "group and the subscription, or look in the Azure portal.",
        Repeat::kYes},
    FailureAdvice{"DEV8-AZURE-THROTTLED",
                  "Azure limits the rate of the agent's requests, so operations take longer.",
                  "Wait; if it lasts, run fewer agents in the subscription or spread the load over several.",
                  Repeat::kYes},
    FailureAdvice{"DEV8-CLOCK-SKEW", "The clock of this machine differs from Azure's.",
                  "Set the clock, and keep it right with NTP.", Repeat::kNo},
    FailureAdvice{
        "DEV8-FILE-DESCRIPTORS-LOW", "The limit of open files allows few connections; others are refused.",
        "Raise the hard limit of open files (LimitNOFILE, ulimit -n) to 4096 or more.", Repeat::kNo},
    FailureAdvice{
        "DEV8-EMBEDDED-EMULATOR",
        "The agent uses its embedded emulator (--dev): no Azure is behind it, and nothing outlives it.",
        "Start the agent without --dev, with the variables of an Azure subscription.", Repeat::kNo},
    FailureAdvice{"DEV8-VARIABLE-UNKNOWN", "A variable that looks like a typing error has no effect.",
                  "Correct its name, or remove it; docs/configuration.md lists all variables.", Repeat::kNo},
};

}  // namespace

std::span<const FailureAdvice> agent_findings() {
  return kFindings;
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
