// What operations take in memory: COUNT asynchronous creates under way at a time in one daemon, which begin at once:
// operations.mjs DAEMON EMULATOR [COUNT]
// Prints the daemon's resident memory before, the most of it, and what each operation holds while Azure is at work on all.
import { readFileSync } from "node:fs";
import { start } from "./stack.mjs";

const [daemonPath, emulatorPath, count = "1000"] = process.argv.slice(2);

// Azure takes longer than this looks.
const { url, pid, azure } = await start(daemonPath, emulatorPath, 600);
const kib = (name) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))[1]);

async function create(number) {
  const answer = await fetch(`${url}/api/v1/environments`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Prefer: "respond-async" },
    body: JSON.stringify({ workspaceId: `bench-memory-${number}`, userId: "u", name: "x", cpuCores: 1, memoryGB: 2, storageGB: 10 }),
  });
  await answer.text();
  if (answer.status !== 202) throw new Error(`create: ${answer.status}`);
}

// Until Azure has accepted every container, as the emulator shows it.
async function deployed() {
  const state = await (await fetch(azure.DEV8_EMULATOR_STATE)).json();
  return state.containerGroups.length >= Number(count);
}

await (await fetch(`${url}/health`)).text();
const before = kib("VmRSS");
await Promise.all(Array.from({ length: Number(count) }, (_, number) => create(number)));
while (!(await deployed())) await (await fetch(`${url}/live`)).text();
const each = (kib("VmRSS") - before) / Number(count);
console.log("| operations under way | before (MB) | the most (MB) | each (KB) |\n|---|---|---|---|");
console.log(`| ${count} | ${(before / 1024).toFixed(1)} | ${(kib("VmHWM") / 1024).toFixed(1)} | ${each.toFixed(1)} |`);
process.exit();
