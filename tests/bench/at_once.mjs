// Lifecycles (create, stop, start, delete) of many callers that begin at once, each of whom waits for every answer:
// at_once.mjs DAEMON EMULATOR [COUNT] [SECONDS]
// Prints what each kind of call takes beyond Azure's own time, which is SECONDS for a create and a start: median and 99th
// percentile. A few lifecycles and as many probes as there are callers come first, for the connections and the compiler of
// Node. Not a whole round: each end of a transition costs a read, and Azure refills only 25 of them a second.
import { start } from "./stack.mjs";

const [daemonPath, emulatorPath, count = "100", seconds = "2"] = process.argv.slice(2);
const { url } = await start(daemonPath, emulatorPath, Number(seconds));

async function call(method, path, body) {
  const begun = performance.now();
  const answer = await fetch(`${url}/api/v1/environments${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return performance.now() - begun;
}

async function lifecycle(id, added) {
  const own = Number(seconds) * 1000;
  const body = { workspaceId: id, cloudRegion: "eastus", userId: "u", name: "x", cpuCores: 1, memoryGB: 2, storageGB: 10 };
  added.create.push(await call("POST", "", body) - own);
  added.stop.push(await call("POST", `/${id}/stop`));
  added.start.push(await call("POST", `/${id}/start`) - own);
  added.delete.push(await call("DELETE", `/${id}?force=true`));
}

async function round(name, callers) {
  const added = { create: [], stop: [], start: [], delete: [] };
  await Promise.all(Array.from({ length: callers }, (_, number) =>
    lifecycle(`bench-${name}-${String(number).padStart(4, "0")}`, added)));
  return added;
}

await Promise.all(Array.from({ length: Number(count) }, () => fetch(`${url}/live`).then((answer) => answer.text())));
await round("first", Math.min(10, Number(count)));
const added = await round("counted", Number(count));
console.log("| call | median (ms) | p99 (ms) |\n|---|---|---|");
for (const [kind, times] of Object.entries(added)) {
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))].toFixed(0);
  console.log(`| ${kind} | ${at(0.5)} | ${at(0.99)} |`);
}
process.exit();
