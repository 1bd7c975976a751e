// Shares as resources through Microsoft's client of the storage provider, against the emulator that the environment's
// variables name and that keeps deleted shares for three days. Azure Files shows the same shares.
import assert from "node:assert/strict";
import { arm, files, place } from "./storage.mjs";

async function listed(options) {
  const found = [];
  for await (const item of arm.fileShares.list(...place, options)) found.push(item);
  return found;
}

const account = await arm.storageAccounts.getProperties(...place);
assert.equal(account.allowSharedKeyAccess, true);
const service = await arm.fileServices.getServiceProperties(...place);
assert.equal(service.shareDeleteRetentionPolicy.days, 3);

const share = "fs-js-arm";
const created = await arm.fileShares.create(...place, share, { shareQuota: 30, metadata: { owner: "ada" } });
assert.equal(created.name, share);
assert.equal((await files.getShareClient(share).getProperties()).metadata.owner, "ada");
await arm.fileShares.create(...place, share, { shareQuota: 30 });
const updated = await arm.fileShares.update(...place, share, { metadata: { owner: "grace" } });
assert.equal(updated.metadata.owner, "grace");
await files.getShareClient(share).createDirectory("notes");
const shown = await arm.fileShares.get(...place, share, { expand: "stats" });
assert.equal(shown.shareQuota, 30);
assert.equal(shown.metadata.owner, "grace");
assert.equal(shown.shareUsageBytes, 0);
assert.ok(shown.lastModifiedTime instanceof Date);

await files.getShareClient("fs-js-second").create();
const pages = [];
for await (const page of arm.fileShares.list(...place, { filter: "fs-js-", maxpagesize: "1" }).byPage()) pages.push(page.length);
assert.deepEqual(pages, [1, 1]);
assert.equal((await listed({ filter: "fs-js-a" }))[0].metadata, undefined);

await arm.fileShares.delete(...place, share);
await arm.fileShares.delete(...place, share);
await assert.rejects(arm.fileShares.get(...place, share), { code: "ShareNotFound" });
const gone = (await listed({ expand: "deleted" })).find((one) => one.name === share);
assert.equal(gone.deleted, true);
assert.equal(gone.remainingRetentionDays, 3);
await arm.fileShares.restore(...place, share, { deletedShareName: share, deletedShareVersion: gone.version });
assert.equal((await arm.fileShares.get(...place, share)).metadata.owner, "grace");
console.log("shares lived and died as resources");
