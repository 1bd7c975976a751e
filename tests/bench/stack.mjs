// For the benches: a daemon on an emulator of its own, both without limits, and both ended with this process.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

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

// Starts both. Azure needs `seconds` to bring a container up, and lists all groups on one page: what a page of Azure holds
// is not documented. The daemon's address and process id, and what the emulator exports for its clients.
export async function start(daemonPath, emulatorPath, seconds) {
  const exported = await begin(
    emulatorPath,
    ["--provisioning-time", `${seconds}`, "--start-time", `${seconds}`, "--share-deletion-time", "0", "--quota", "100000",
     "--list-page-size", "1000"],
    {}, (line) => line.includes("AZURE_REGIONS"));
  const azure = Object.fromEntries(exported.flatMap((line) => {
    const found = line.match(/^export (\w+)=(.*)$/);
    return found ? [[found[1], found[2].replaceAll("'", "").replaceAll('"', "")]] : [];
  }));
  const unlimited = { RATE_LIMIT_RPS: "1000000", RATE_LIMIT_BURST: "1000000" };
  const url = (await begin(daemonPath, [], { ...azure, ...unlimited, AGENT_PORT: "0" }, () => true))[0].split(" ").at(-1);
  return { url, pid: children.at(-1).pid, azure };
}
