// What operations take in memory: COUNT asynchronous creates under way at a time in one daemon, which begin at once:
// operations.mjs DAEMON EMULATOR [COUNT]
// Prints the daemon's resident memory before, the most of it, and what each operation holds while Azure is at work on all.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [daemonPath, emulatorPath, count = "1000"] = process.argv.slice(2);
const children = [];
process.on("exit", () => children.forEach((child) => child.kill()));

// Starts a program; the lines of its output up to the one that `last` finds.
async function begin(path, args, env, last) {
  const child = spawn(path, args, { env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  const seen = [];
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    if (last(line)) break;
  }
  child.stdout.resume();
  return seen;
}

// Azure takes longer than this looks.
const exported = await begin(emulatorPath, ["--provisioning-time", "600", "--quota", "100000"], {},
                             (line) => line.includes("AZURE_REGIONS"));
const azure = Object.fromEntries(exported.flatMap((line) => {
  const found = line.match(/^export (\w+)=(.*)$/);
  return found ? [[found[1], found[2].replaceAll("'", "").replaceAll('"', "")]] : [];
}));
const unlimited = { RATE_LIMIT_RPS: "1000000", RATE_LIMIT_BURST: "1000000" };
const url = (await begin(daemonPath, [], { ...azure, ...unlimited, AGENT_PORT: "0" }, () => true))[0].split(" ").at(-1);
const daemon = children.at(-1).pid;
const kib = (name) => Number(readFileSync(`/proc/${daemon}/status`, "utf8").match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))[1]);

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
