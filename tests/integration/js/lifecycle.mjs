// A whole life of a container group and its file share through Microsoft's own clients, against the emulator that
// the environment's variables name.
import assert from "node:assert/strict";
import { ContainerInstanceManagementClient } from "@azure/arm-containerinstance";
import { ClientSecretCredential } from "@azure/identity";
import { ShareServiceClient, StorageSharedKeyCredential } from "@azure/storage-file-share";

const env = process.env;
const resourceGroup = env.AZURE_RESOURCE_GROUP;
const account = env.AZURE_STORAGE_ACCOUNT;
const location = "eastus";
const group = "aci-js-lifecycle";
const share = "fs-js-lifecycle";
const options = { updateIntervalInMs: 200 };

const credential = new ClientSecretCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET, {
  authorityHost: env.AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
});
const arm = new ContainerInstanceManagementClient(credential, env.AZURE_SUBSCRIPTION_ID, {
  endpoint: env.AZURE_RESOURCE_MANAGER_ENDPOINT,
  credentialScopes: ["https://management.azure.com/.default"],
});

async function storageKey() {
  const token = await credential.getToken("https://management.azure.com/.default");
  const url =
    `${env.AZURE_RESOURCE_MANAGER_ENDPOINT}/subscriptions/${env.AZURE_SUBSCRIPTION_ID}/resourceGroups/` +
    `${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${account}/listKeys?api-version=2023-05-01`;
  const answer = await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${token.token}` } });
  assert.equal(answer.status, 200);
  return (await answer.json()).keys[0].value;
}

const key = await storageKey();
const files = new ShareServiceClient(
  env.AZURE_FILE_ENDPOINT.replace("{account}", account),
  new StorageSharedKeyCredential(account, key),
);

const definition = {
  location,
  tags: { environment: "js-lifecycle" },
  osType: "linux",
  restartPolicy: "OnFailure",
  containers: [
    {
      name: "vscode-server",
      image: "nginx",
      resources: { requests: { cpu: 2, memoryInGB: 4 } },
      ports: [{ port: 8080 }, { port: 2222 }],
      environmentVariables: [
        { name: "WORKSPACE_ID", value: "js-lifecycle" },
        { name: "CODE_SERVER_PASSWORD", secureValue: "never-shown" },
      ],
      volumeMounts: [{ name: "workspace", mountPath: "/home/dev8" }],
    },
  ],
  ipAddress: {
    type: "Public",
    ports: [{ port: 8080, protocol: "TCP" }, { port: 2222, protocol: "TCP" }],
    dnsNameLabel: "ws-js-lifecycle",
  },
  volumes: [
    { name: "workspace", azureFile: { shareName: share, storageAccountName: account, storageAccountKey: key } },
  ],
};

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return { status: error.statusCode, code: error.code };
  }
  return undefined;
}

async function useShare() {
  const client = files.getShareClient(share);
  await client.create({ quota: 15, metadata: { owner: "alice" } });
  assert.deepEqual(await refusal(client.create()), { status: 409, code: "ShareAlreadyExists" });
  const properties = await client.getProperties();
  assert.equal(properties.quota, 15);
  assert.equal(properties.metadata.owner, "alice");
  await client.setQuota(20);
  await client.setMetadata({ owner: "bob" });
  const found = [];
  for await (const item of files.listShares({ prefix: "fs-js", includeMetadata: true })) found.push(item);
  assert.deepEqual(found.map((item) => item.name), [share]);
  assert.equal(found[0].properties.quota, 20);
  assert.equal(found[0].metadata.owner, "bob");
}

// The same service with a token in the place of the key.
async function useShareWithToken() {
  const url = env.AZURE_FILE_ENDPOINT.replace("{account}", account);
  const byToken = new ShareServiceClient(url, credential, { fileRequestIntent: "backup" });
  const client = byToken.getShareClient("fs-js-token");
  await client.create({ quota: 10, metadata: { owner: "carol" } });
  // Version 12.31 of this client leaves the intent out of this one request, unless it is asked to.
  assert.equal((await client.getProperties({ fileRequestIntent: "backup" })).metadata.owner, "carol");
  const names = [];
  for await (const item of byToken.listShares({ prefix: "fs-js-token" })) names.push(item.name);
  assert.deepEqual(names, ["fs-js-token"]);
  const entries = [];
  for await (const item of client.rootDirectoryClient.listFilesAndDirectories()) entries.push(item.name);
  assert.deepEqual(entries, []);
  await client.delete();
}

async function useFiles() {
  const directory = files.getShareClient(share).getDirectoryClient("my dir");
  await directory.create();
  const file = directory.getFileClient("hello world.txt");
  const content = "hello from the official client";
  await file.create(content.length);
  await file.uploadRange(content, 0, content.length);
  assert.equal((await file.downloadToBuffer()).toString(), content);
  const names = [];
  for await (const item of directory.listFilesAndDirectories()) names.push(`${item.kind} ${item.name}`);
  assert.deepEqual(names, ["file hello world.txt"]);
  await file.delete();
  await directory.delete();
}

async function createGroup() {
  const created = await arm.containerGroups.beginCreateOrUpdateAndWait(resourceGroup, group, definition, options);
  assert.equal(created.provisioningState, "Succeeded");
  assert.equal(created.osType, "Linux");
  assert.equal(created.instanceView.state, "Running");
  assert.equal(created.ipAddress.fqdn, `ws-js-lifecycle.${location}.azurecontainer.io`);
  assert.match(created.ipAddress.ip, /^\d+\.\d+\.\d+\.\d+$/);
  assert.equal(created.volumes[0].azureFile.storageAccountKey, undefined);
  const secret = created.containers[0].environmentVariables[1];
  assert.deepEqual([secret.name, secret.value, secret.secureValue], ["CODE_SERVER_PASSWORD", undefined, undefined]);
  const events = created.containers[0].instanceView.events.map((event) => event.name);
  assert.deepEqual(events, ["Pulling", "Pulled", "Created", "Started"]);
}

// The emulator has one container group on a page.
async function readPages() {
  const second = `${group}-second`;
  const other = structuredClone(definition);
  other.ipAddress.dnsNameLabel = "ws-js-second";
  await arm.containerGroups.beginCreateOrUpdate(resourceGroup, second, other, options);
  const pages = [];
  for await (const page of arm.containerGroups.listByResourceGroup(resourceGroup).byPage()) {
    pages.push(page.map((item) => item.name));
  }
  assert.deepEqual(pages, [[group], [second]]);
  await arm.containerGroups.beginDeleteAndWait(resourceGroup, second, options);
}

async function readGroup() {
  const items = [];
  for await (const item of arm.containerGroups.listByResourceGroup(resourceGroup)) items.push(item);
  assert.deepEqual(items.map((item) => item.name), [group]);
  assert.equal(items[0].instanceView, undefined);
  const logs = await arm.containers.listLogs(resourceGroup, group, "vscode-server", { tail: 1 });
  assert.equal(logs.content.trim().split("\n").length, 1);
  for await (const usage of arm.location.listUsage(location)) {
    if (usage.name.value === "StandardCores") assert.equal(usage.currentValue, 2);
  }
}

async function changeGroup() {
  await arm.containerGroups.stop(resourceGroup, group);
  assert.equal((await arm.containerGroups.get(resourceGroup, group)).instanceView.state, "Stopped");
  await arm.containerGroups.beginStartAndWait(resourceGroup, group, options);
  assert.equal((await arm.containerGroups.get(resourceGroup, group)).instanceView.state, "Running");
  await arm.containerGroups.beginRestartAndWait(resourceGroup, group, options);
  const restarted = await arm.containerGroups.get(resourceGroup, group);
  assert.equal(restarted.provisioningState, "Succeeded");
  assert.equal(restarted.containers[0].instanceView.events.find((event) => event.name === "Started").count, 2);
  const patched = await arm.containerGroups.update(resourceGroup, group, { tags: { environment: "changed" } });
  assert.deepEqual(patched.tags, { environment: "changed" });
  const reserved = structuredClone(definition);
  reserved.containers[0].ports[0].port = 22;
  reserved.ipAddress.ports[0].port = 22;
  const refused = await refusal(arm.containerGroups.beginCreateOrUpdate(resourceGroup, group, reserved, options));
  assert.equal(refused.status, 400);
}

async function deleteAll() {
  await arm.containerGroups.beginDeleteAndWait(resourceGroup, group, options);
  const gone = await refusal(arm.containerGroups.get(resourceGroup, group));
  assert.deepEqual(gone, { status: 404, code: "ResourceNotFound" });
  await files.getShareClient(share).delete();
  const again = await refusal(files.getShareClient(share).create());
  assert.deepEqual(again, { status: 409, code: "ShareBeingDeleted" });
}

for (const step of [useShare, useShareWithToken, useFiles, createGroup, readGroup, readPages, changeGroup, deleteAll]) {
  await step();
  console.log(`ok ${step.name}`);
}
console.log("PASSED");
