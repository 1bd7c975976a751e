// Microsoft's clients of storage for the emulator that the environment's variables name: `arm` of the storage provider in
// Azure Resource Manager, where `place` is the account, and `files` of Azure Files.
import { StorageManagementClient } from "@azure/arm-storage";
import { ClientSecretCredential } from "@azure/identity";
import { ShareServiceClient, StorageSharedKeyCredential } from "@azure/storage-file-share";

const env = process.env;
const credential = new ClientSecretCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET, {
  authorityHost: env.AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
});
export const arm = new StorageManagementClient(credential, env.AZURE_SUBSCRIPTION_ID, {
  endpoint: env.AZURE_RESOURCE_MANAGER_ENDPOINT,
  credentialScopes: ["https://management.azure.com/.default"],
});
export const place = [env.AZURE_RESOURCE_GROUP, env.AZURE_STORAGE_ACCOUNT];
const { keys } = await arm.storageAccounts.listKeys(...place);
export const files = new ShareServiceClient(
  env.AZURE_FILE_ENDPOINT.replace("{account}", env.AZURE_STORAGE_ACCOUNT),
  new StorageSharedKeyCredential(env.AZURE_STORAGE_ACCOUNT, keys[0].value),
);
