// Lifecycles through Microsoft's own clients against the emulator that the environment's variables name, as a
// service on them would do them: node lifecycles.mjs COUNT DIRECTORY. Appends the milliseconds of each operation to
// DIRECTORY/{create,stop,start,delete}.js and prints "CPU-milliseconds Azure-calls-of-a-lifecycle". Polls as fast as the clients do when
// asked for 200 ms.
import { appendFileSync } from "node:fs";
import { ContainerInstanceManagementClient } from "@azure/arm-containerinstance";
import { ClientSecretCredential } from "@azure/identity";
import { ShareServiceClient, StorageSharedKeyCredential } from "@azure/storage-file-share";

const [count, directory] = [Number(process.argv[2]), process.argv[3]];
const env = process.env;
const [resourceGroup, account] = [env.AZURE_RESOURCE_GROUP, env.AZURE_STORAGE_ACCOUNT];
const polling = { updateIntervalInMs: 200 };
let calls = 0;
const counter = {
  policy: { name: "counter", sendRequest: (request, next) => (calls++, next(request)) },
  position: "perRetry",
};
const credential = new ClientSecretCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET, {
  authorityHost: env.AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
});
const scope = "https://management.azure.com/.default";
const arm = new ContainerInstanceManagementClient(credential, env.AZURE_SUBSCRIPTION_ID, {
  endpoint: env.AZURE_RESOURCE_MANAGER_ENDPOINT,
  credentialScopes: [scope],
  additionalPolicies: [counter],
});
const { token } = await credential.getToken(scope);
const answer = await fetch(
  `${env.AZURE_RESOURCE_MANAGER_ENDPOINT}/subscriptions/${env.AZURE_SUBSCRIPTION_ID}/resourceGroups/${resourceGroup}` +
    `/providers/Microsoft.Storage/storageAccounts/${account}/listKeys?api-version=2023-05-01`,
  { method: "POST", headers: { Authorization: `Bearer ${token}` } },
);
const key = (await answer.json()).keys[0].value;
const files = new ShareServiceClient(env.AZURE_FILE_ENDPOINT.replace("{account}", account),
                                     new StorageSharedKeyCredential(account, key));

const definition = (share) => ({
  location: "eastus",
  osType: "Linux",
  restartPolicy: "OnFailure",
  containers: [{
    name: "vscode-server",
    image: "nginx",
    resources: { requests: { cpu: 2, memoryInGB: 4 } },
    ports: [{ port: 8080 }],
    volumeMounts: [{ name: "workspace", mountPath: "/home/dev8" }],
  }],
  ipAddress: { type: "Public", ports: [{ port: 8080, protocol: "TCP" }], dnsNameLabel: share },
  volumes: [{ name: "workspace", azureFile: { shareName: share, storageAccountName: account, storageAccountKey: key } }],
});

async function timed(what, operation) {
  const begin = performance.now();
  await operation();
  appendFileSync(`${directory}/${what}.js`, `${(performance.now() - begin).toFixed(1)}\n`);
}

const before = process.cpuUsage();
calls = 0;
for (let i = 1; i <= count; ++i) {
  const [group, share] = [`aci-bench-${i}`, `fs-bench-${i}`];
  const client = files.getShareClient(share);
  await timed("create", async () => {
    await client.create({ quota: 20 });
    ++calls;
    await arm.containerGroups.beginCreateOrUpdateAndWait(resourceGroup, group, definition(share), polling);
  });
  await timed("stop", () => arm.containerGroups.stop(resourceGroup, group));
  await timed("start", () => arm.containerGroups.beginStartAndWait(resourceGroup, group, polling));
  await timed("delete", async () => {
    await arm.containerGroups.beginDeleteAndWait(resourceGroup, group, polling);
    await client.delete();
    ++calls;
  });
}
const { user, system } = process.cpuUsage(before);
console.log(Math.round((user + system) / 1000), calls / count);
