// The rows of docs/configuration.md.
#include "variable_guide.h"

#include <array>

namespace dev8agentd {
namespace {

constexpr std::string_view kAzure = "Azure";
constexpr std::string_view kCredentials = "Credentials";
constexpr std::string_view kWorkspaces = "Workspaces";
constexpr std::string_view kDaemon = "Daemon";

constexpr auto kGuide = std::to_array<VariableGuide>({
    {kAzure, "AZURE_SUBSCRIPTION_ID", "required", "a GUID"},
    {kAzure, "AZURE_RESOURCE_GROUP", "required unless each region names its own",
     "resource group of the container groups"},
    {kAzure, "AZURE_STORAGE_ACCOUNT", "required unless each region names its own",
     "account of the file shares"},
    {kAzure, "AZURE_STORAGE_KEY", "fetched with listKeys", "the account's key, base64"},
    {kAzure, "AZURE_REGIONS", "the default region",
     "`name:location:enabled[:resourceGroup[:storageAccount]]`, comma separated"},
    {kAzure, "AZURE_STORAGE_KEY_<NAME>", "fetched with listKeys",
     "the key of one region's account; the name in upper case, `_` for other characters"},
    {kAzure, "AZURE_DEFAULT_REGION", "`eastus`, if it is among the regions",
     "the region of a create that names none"},
    {kAzure, "AZURE_RESOURCE_MANAGER_ENDPOINT", "`https://management.azure.com`",
     "other clouds, or the emulator"},
    {kAzure, "AZURE_AUTHORITY_HOST", "`https://login.microsoftonline.com`",
     "an authority of Azure Government or China also sets its cloud's endpoints"},
    {kAzure, "AZURE_FILE_ENDPOINT", "`https://{account}.file.core.windows.net`",
     "`{account}` is replaced, in a path too"},
    {kAzure, "AZURE_IMDS_ENDPOINT", "`http://169.254.169.254`", "the instance metadata service"},
    {kAzure, "AZURE_STORAGE_AUTH", "`key`",
     "how shares are made and read: `key`; `entra`, with a token of the agent's identity; `arm`, through "
     "Azure Resource Manager; or `auto`, one of these that Azure allows "
     "([operations.md](operations.md#ways-to-the-shares))"},
    {kAzure, "AZURE_MOUNT_AUTH", "`key`",
     "how containers mount their shares: `key`, `identity` or `keyvault`"},
    {kAzure, "AZURE_MOUNT_IDENTITY", "none",
     "ARM id of the user-assigned identity that mounts (`identity`) or reads the key (`keyvault`)"},
    {kAzure, "AZURE_MOUNT_IDENTITY_CLIENT_ID", "none", "its client id, a GUID; with `identity` only"},
    {kAzure, "AZURE_STORAGE_SECRET_URI", "none",
     "`https://VAULT/secrets/NAME` with the account's key; with `keyvault` only, and one storage account"},
    {kAzure, "AZURE_SUBNET_ID", "none",
     "ARM id of a subnet, delegated to `Microsoft.ContainerInstance`: containers get a private address there "
     "instead of a public name, and links name that address, which a stop and start changes. The agent needs "
     "`Microsoft.Network/virtualNetworks/subnets/join/action` there. The enabled regions are all at its "
     "location"},
    {kAzure, "AZURE_ACI_API_VERSION", "`2025-09-01`; `2026-07-01` to mount by identity",
     "api-version of container groups"},
    {kAzure, "AZURE_CA_FILE", "none", "extra CA certificates, PEM or one in DER; read at the start"},
    {kAzure, "AZURE_OPERATION_TIMEOUT_SECONDS", "`2100`",
     "default deadline of a create or start; Azure itself gives up after 30 minutes"},
    {kAzure, "AZURE_ROLLBACK_TIMEOUT_SECONDS", "`300`",
     "deadline of a roll-back, which begins after the operation's own"},
    {kAzure, "AZURE_POLLING_READS_PER_SECOND", "`3`", "reads of Azure by all polling together, 0.1 to 25"},
    {kAzure, "AZURE_POLLING_BURST", "`25`",
     "reads that polling may send at once after a quiet time, 1 to 250"},
    {kAzure, "IDLE_STOP_AFTER", "`0`",
     "environments that nobody uses for so long are stopped: `90s`, `45m`, `8h`, from 10 s to a year; `0`: "
     "never. The same on every agent"},
    {kAzure, "IDLE_STOP_LONGEST", "`0`",
     "the longest `idleStopMinutes` that an environment may have, from a minute on; then none may say "
     "\"never\". `0`: no limit. Needs `IDLE_STOP_AFTER`"},
    {kAzure, "AGENT_MAX_CPU_CORES", "`4`", "the most CPU cores that an environment may ask for, 1 to 4"},
    {kAzure, "AGENT_MAX_MEMORY_GB", "`16`", "the most memory, 2 to 16 GB"},
    {kAzure, "AGENT_MAX_STORAGE_GB", "`100`", "the most storage, 10 to 100 GB"},
    {kCredentials, "AZURE_TENANT_ID", "none", "tenant of the application"},
    {kCredentials, "AZURE_CLIENT_ID", "none", "the application, or the user-assigned managed identity"},
    {kCredentials, "AZURE_CLIENT_SECRET", "none", "the application's secret"},
    {kCredentials, "AZURE_CLIENT_CERTIFICATE_PATH", "none", "the application's certificate and key, PEM"},
    {kCredentials, "AZURE_CLIENT_CERTIFICATE_PASSWORD", "none", "of the key in that file"},
    {kCredentials, "AZURE_FEDERATED_TOKEN_FILE", "none", "workload identity"},
    {kCredentials, "IDENTITY_ENDPOINT", "none", "managed identity of App Service and Container Apps"},
    {kCredentials, "IDENTITY_HEADER", "none", "the secret of that endpoint"},
    {kCredentials, "AZURE_TOKEN_CREDENTIALS", "all",
     "`prod` (all but the CLI), `dev` (the CLI), or the name of one credential"},
    {kWorkspaces, "CONTAINER_IMAGE", "`vaibhavsing/dev8-workspace:latest`", "the image; may name a digest"},
    {kWorkspaces, "WORKSPACE_IMAGES", "none",
     "further images that the maker of an environment may name as `image`, separated by commas; "
     "`CONTAINER_IMAGE` may be named in any case"},
    {kWorkspaces, "AZURE_CONTAINER_REGISTRY", "none",
     "registry of the image, when `CONTAINER_IMAGE` is not set"},
    {kWorkspaces, "CONTAINER_IMAGE_NAME", "`dev8-workspace:latest`", "image in that registry"},
    {kWorkspaces, "REGISTRY_SERVER", "`index.docker.io`", "server that the next two are for"},
    {kWorkspaces, "REGISTRY_USERNAME", "none", "without it no registry credentials are sent"},
    {kWorkspaces, "REGISTRY_PASSWORD", "none", "required with the user name"},
    {kWorkspaces, "REGISTRY_IDENTITY", "none",
     "ARM id of a user-assigned identity that pulls from an Azure container registry, in the place of user "
     "name and password"},
    {kWorkspaces, "CONTAINER_RESTART_POLICY", "`OnFailure`", "or `Always`"},
    {kWorkspaces, "WORKSPACE_LAYOUT", "`home`",
     "what the share of a new environment is: `home`, its home directory, or `workspace`, only `~/workspace` "
     "([workspaces.md](workspaces.md))"},
    {kWorkspaces, "WORKSPACE_READY", "`azure`; `http` under `--dev --workspaces`",
     "`http`: a create, start or restart ends when the IDE answers at its public address, not already when "
     "Azure shows the container running ([workspaces.md](workspaces.md#ready))"},
    {kWorkspaces, "WORKSPACE_TLS", "`none`",
     "`acme`: links begin with https, with a certificate from an authority; `certificate`: with the one "
     "below ([workspaces.md](workspaces.md#https))"},
    {kWorkspaces, "WORKSPACE_TLS_IMAGE", "`caddy:2-alpine`, pinned by digest",
     "the container that ends TLS: Caddy 2.6 or newer"},
    {kWorkspaces, "WORKSPACE_TLS_EMAIL", "none", "with `acme`: whom the authority may write to"},
    {kWorkspaces, "WORKSPACE_TLS_DIRECTORY", "Let's Encrypt",
     "with `acme`: URL of the ACME directory; `internal`: an authority of the container's own, which no "
     "browser trusts, for tests"},
    {kWorkspaces, "WORKSPACE_TLS_CERTIFICATE", "none",
     "with `certificate`: file with the workspaces' certificate in PEM, then those of its issuers; read at "
     "start"},
    {kWorkspaces, "WORKSPACE_TLS_KEY", "none",
     "with `certificate`: file with its private key in PEM, without a password"},
    {kWorkspaces, "WORKSPACE_TLS_CERTIFICATE_URI", "none",
     "with `certificate`, in the place of the two files: `https://VAULT/secrets/NAME` with the same text, "
     "which `WORKSPACE_SECRET_IDENTITY` reads. The agent never sees it, so it cannot check it "
     "([operations.md](operations.md#secrets-from-key-vault))"},
    {kWorkspaces, "WORKSPACE_TLS_KEY_URI", "none",
     "the same for the private key; both are set, or none. One secret may hold both"},
    {kWorkspaces, "WORKSPACE_HOST", "none",
     "with `certificate`: host name of the links with `{id}` in it: `{id}.dev.example.com`; the certificate "
     "must be valid for it"},
    {kWorkspaces, "WORKSPACE_SECRET_URIS", "none",
     "variables of every workspace whose values Azure takes from Key Vault: "
     "`NAME=https://VAULT/secrets/NAME[/VERSION]`, with commas or line breaks between. Not the agent's own "
     "names, except those of secrets that a request may bring, such as `GITHUB_TOKEN`: a maker's value then "
     "replaces the vault's. Requests may not set any other name that is listed here "
     "([operations.md](operations.md#secrets-from-key-vault))"},
    {kWorkspaces, "WORKSPACE_SECRET_IDENTITY", "none",
     "ARM id of the user-assigned identity that reads these secrets; may be `AZURE_MOUNT_IDENTITY`"},
    {kWorkspaces, "AZURE_DNS_LABEL_SCOPE", "`Unsecure`",
     "`TenantReuse`, `SubscriptionReuse`, `ResourceGroupReuse` or `Noreuse`: Azure puts a hash into host "
     "names, so that nobody else can take them over"},
    {kWorkspaces, "CONTAINER_EXPOSE_SUPERVISOR", "`false`", "opens port 9000 and shows `supervisorUrl`"},
    {kWorkspaces, "AGENT_BASE_URL", "none", "where workspaces report activity"},
    {kWorkspaces, "AGENT_ACTIVITY_SECRET", "derived from `API_KEYS`, else random",
     "key of the workspaces' activity tokens, at least 32 characters"},
    {kDaemon, "AGENT_HOST", "`127.0.0.1`",
     "an IP address or `localhost`; any other than loopback needs keys, and `AGENT_TLS_*` or "
     "`AGENT_PLAINTEXT`"},
    {kDaemon, "AGENT_PORT", "`8080`", "0 takes any free port"},
    {kDaemon, "AGENT_TLS_CERTIFICATE", "none",
     "file with the certificate of the agent in PEM, then those of its issuers; with it the agent speaks TLS "
     "1.2 and 1.3; read again on SIGHUP"},
    {kDaemon, "AGENT_TLS_KEY", "none",
     "file with its private key in PEM, without a password; both are set, or none"},
    {kDaemon, "AGENT_PLAINTEXT", "`false`",
     "`true`: TLS ends in front of the agent, so it may listen beyond loopback; not with `AGENT_TLS_*`"},
    {kDaemon, "API_KEYS", "none",
     "bearer keys, comma separated: `key`, `name:scope:key` or `name:user=<userId>:key`; no key twice, here "
     "or in `API_KEYS_FILE`"},
    {kDaemon, "API_KEYS_FILE", "none",
     "a file with such entries, one per line; `#` begins a comment; read again on SIGHUP"},
    {kDaemon, "TRUSTED_PROXIES", "none",
     "addresses and ranges (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` counts, comma separated"},
    {kDaemon, "AGENT_ALLOW_UNAUTHENTICATED", "`false`",
     "`true`: listening beyond loopback is allowed without keys"},
    {kDaemon, "AGENT_ALLOWED_HOSTS", "none",
     "further names of the agent in `Host`, comma separated, while there are no keys"},
    {kDaemon, "CORS_ALLOWED_ORIGINS", "`http://localhost:3000`",
     "origins of web pages, comma separated, no wildcard"},
    {kDaemon, "RATE_LIMIT_RPS", "`100`",
     "requests per second of each key, workspace token or address. Every request counts, also one that is "
     "refused. Probes (`/live`, `/ready`, `/health`) count, too, but the limit never refuses them"},
    {kDaemon, "RATE_LIMIT_BURST", "`200`", "how many may come at once"},
    {kDaemon, "REQUEST_TIMEOUT_SECONDS", "`300`",
     "upper limit of how long a caller waits before it gets 504; the operation goes on"},
    {kDaemon, "AGENT_KEEPALIVE_SECONDS", "`75`", "how long an idle connection stays open"},
    {kDaemon, "AGENT_MAX_CONNECTIONS_PER_ADDRESS", "`0`", "0: three quarters of all connections"},
    {kDaemon, "AGENT_MAX_OPERATIONS", "`2048`",
     "creates, starts, stops, deletes, restarts, updates and sweeps under way at a time (1 to 20000); more "
     "get 503. "
     "A thousand that begin at once make the daemon some 40 MB large (`tests/bench/operations.mjs`): mind "
     "the "
     "limits of the service, such as `MemoryMax`"},
    {kDaemon, "AGENT_SHUTDOWN_GRACE_SECONDS", "`5`",
     "how long, at shutdown, callers may still wait for their outcome, and what nobody waits for may take "
     "until Azure has it, or until its end where no other replica can answer for it"},
    {kDaemon, "AGENT_CONSOLE", "`false`; `true` under `--dev`", "the web console is served at `/console/`"},
    {kDaemon, "AGENT_ALLOW_CORE_DUMPS", "`false`",
     "`true`: a crash may leave a core file, which holds every secret"},
    {kDaemon, "AGENT_DEV_PROVISIONING_MS", "`3000`", "time of a create on the emulator under `--dev`"},
    {kDaemon, "AGENT_DEV_START_MS", "`2000`", "time of a start on the emulator under `--dev`"},
    {kDaemon, "AGENT_DEV_IMAGES", "see below", "lines of `image=command`, for `--dev --workspaces`"},
    {kDaemon, "AGENT_DEV_FAULTS", "",
     "a file of faults for the emulator under `--dev` ([emulator.md](emulator.md#scenarios-and-faults))"},
    {kDaemon, "LOG_LEVEL", "`info`", "`debug`, `info`, `warn`, `error`"},
    {kDaemon, "ENVIRONMENT", "`development`", "a name for the logs"},
});

}  // namespace

std::span<const VariableGuide> variable_guide() {
  return kGuide;
}

}  // namespace dev8agentd
