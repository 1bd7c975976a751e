// Leases and snapshots of shares through Microsoft's own clients, against the emulator that the environment's variables
// name: @azure/storage-file-share on Azure Files, @azure/arm-storage on Azure Resource Manager.
import assert from "node:assert/strict";
import { ShareLeaseClient } from "@azure/storage-file-share";
import { arm, files, place } from "./storage.mjs";

const name = "fs-js-lease";
const share = files.getShareClient(name);
const code = (expected) => (error) => (error.details?.errorCode ?? error.code) === expected;

async function listed(options) {
  const found = [];
  for await (const item of files.listShares({ prefix: name, ...options })) found.push(item);
  return found;
}

// A lease of the share itself.
await share.create({ metadata: { owner: "ada" } });
const lease = new ShareLeaseClient(share);
const taken = await lease.acquireLease(60);
assert.equal(taken.leaseId, lease.leaseId);
const leased = await share.getProperties();
assert.deepEqual([leased.leaseState, leased.leaseStatus, leased.leaseDuration], ["leased", "locked", "fixed"]);
await assert.rejects(new ShareLeaseClient(share).acquireLease(-1), code("LeaseAlreadyPresent"));
// No renewLease(): this client takes every share for a file there, and sends nothing.
await lease.changeLease("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
await assert.rejects(share.delete(), code("LeaseIdMissing"));
await assert.rejects(share.setMetadata({ owner: "grace" }), code("LeaseIdMissing"));
await assert.rejects(
  share.getProperties({ leaseAccessConditions: { leaseId: "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb" } }),
  code("LeaseIdMismatchWithContainerOperation"),
);
await share.setMetadata({ owner: "grace" }, { leaseAccessConditions: { leaseId: lease.leaseId } });
const broken = await lease.breakLease({ breakPeriod: 0 });
assert.equal(broken.leaseTimeInSeconds, 0);
assert.equal((await share.getProperties()).leaseState, "broken");
await lease.releaseLease();
assert.equal((await share.getProperties()).leaseState, "available");
await assert.rejects(lease.breakLease(), code("LeaseNotPresentWithLeaseOperation"));

// A snapshot, with a file that changes afterwards, and a lease of its own.
const file = share.rootDirectoryClient.getFileClient("notes");
await file.uploadData(Buffer.from("before"));
const { snapshot } = await share.createSnapshot();
await file.uploadData(Buffer.from("after"));
const then = share.withSnapshot(snapshot);
assert.equal((await then.getProperties()).metadata.owner, "grace");
const kept = await then.rootDirectoryClient.getFileClient("notes").downloadToBuffer();
assert.equal(kept.toString(), "before");
assert.deepEqual((await listed({ includeSnapshots: true })).map((one) => one.snapshot), [undefined, snapshot]);
assert.equal((await listed({})).length, 1);
const backup = new ShareLeaseClient(then);
await backup.acquireLease(-1);
await assert.rejects(share.deleteIfExists(), code("ShareHasSnapshots"));
await assert.rejects(share.deleteIfExists({ deleteSnapshots: "include" }), code("DeleteShareWhenSnapshotLeased"));
await assert.rejects(then.delete(), code("LeaseIdMissing"));
await backup.releaseLease();

// The same share through Azure Resource Manager.
const hold = await arm.fileShares.lease(...place, name, { parameters: { action: "Acquire", leaseDuration: -1 } });
assert.match(hold.leaseId, /^[0-9a-f-]{36}$/);
assert.equal((await arm.fileShares.get(...place, name)).leaseStatus, "Locked");
await assert.rejects(arm.fileShares.delete(...place, name), code("LeaseIdMissing"));
const ended = await arm.fileShares.lease(...place, name, { parameters: { action: "Break" } });
assert.equal(ended.leaseTimeSeconds, "0");
const second = await arm.fileShares.create(...place, name, {}, { expand: "snapshots" });
assert.ok(second.snapshotTime instanceof Date);
const all = [];
for await (const item of arm.fileShares.list(...place, { expand: "snapshots", filter: name })) all.push(item);
assert.equal(all.length, 3);
assert.equal(all.filter((one) => one.snapshotTime).length, 2);
await arm.fileShares.delete(...place, name, { xMsSnapshot: snapshot });
await assert.rejects(arm.fileShares.delete(...place, name, { include: "none" }), code("ShareHasSnapshots"));
assert.equal((await share.deleteIfExists({ deleteSnapshots: "include" })).succeeded, true);
assert.equal((await share.deleteIfExists()).succeeded, false);
console.log("leases and snapshots came and went");
