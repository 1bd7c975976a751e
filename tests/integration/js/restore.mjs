// A deleted share that comes back through Microsoft's own client, against the emulator that the environment's variables
// name and that keeps deleted shares for three days.
import assert from "node:assert/strict";
import { ClientSecretCredential } from "@azure/identity";
import { ShareServiceClient, StorageSharedKeyCredential } from "@azure/storage-file-share";

const env = process.env;
const credential = new ClientSecretCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET, {
  authorityHost: env.AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
});
const account = env.AZURE_STORAGE_ACCOUNT;
const keys =
  `${env.AZURE_RESOURCE_MANAGER_ENDPOINT}/subscriptions/${env.AZURE_SUBSCRIPTION_ID}/resourceGroups/` +
  `${env.AZURE_RESOURCE_GROUP}/providers/Microsoft.Storage/storageAccounts/${account}/listKeys?api-version=2023-05-01`;
const token = await credential.getToken("https://management.azure.com/.default");
const answer = await fetch(keys, { method: "POST", headers: { Authorization: `Bearer ${token.token}` } });
const key = (await answer.json()).keys[0].value;
// With a token this client restores no share: it leaves out the header x-ms-file-request-intent there.
const files = new ShareServiceClient(
  env.AZURE_FILE_ENDPOINT.replace("{account}", account),
  new StorageSharedKeyCredential(account, key),
);

const name = "fs-js-restore";
await files.getShareClient(name).create({ metadata: { owner: "ada" } });
await files.getShareClient(name).delete();
const found = [];
for await (const item of files.listShares({ prefix: name, includeDeleted: true, includeMetadata: true })) found.push(item);
assert.equal(found.length, 1);
assert.equal(found[0].deleted, true);
assert.equal(found[0].metadata.owner, "ada");
assert.equal(found[0].properties.remainingRetentionDays, 3);
assert.ok(found[0].properties.deletedTime instanceof Date);
await files.undeleteShare(name, found[0].version);
assert.equal((await files.getShareClient(name).getProperties()).metadata.owner, "ada");
await assert.rejects(files.undeleteShare(name, found[0].version), { code: "ShareAlreadyExists" });
console.log("a deleted share came back");
