// Lifecycles for a long time through one daemon, with faults between it and the emulator; then what the daemon holds is
// compared with what it held before: soak.mjs DAEMON EMULATOR [MINUTES] [LIFECYCLES PER SECOND] [FAULTS IN PERCENT]
// Prints a line each minute and one table at the end, and exits with 1 when something has grown or an environment is
// left. The seed of the faults is printed; SEED sets it.
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import { createInterface } from "node:readline";

const [daemonPath, emulatorPath, minutes = "60", rate = "2", percent = "10"] = process.argv.slice(2);
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}: ${minutes} minutes, ${rate} lifecycles a second, faults ${percent} %`);

// A small generator of its own, so that a seed repeats (mulberry32).
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

const children = [];
function begin(path, args, env) {
  const child = spawn(path, args, { env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  return child;
}
process.on("exit", () => children.forEach((child) => child.kill()));

async function lines(child, until) {
  const seen = [];
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    if (until(line)) break;
  }
  child.stdout.resume();
  return seen;
}

// ---- Faults: a proxy before each service of the emulator that Azure's clients use while they work.

const faults = { lost: 0, cut: 0, failed: 0, throttled: 0, slow: 0, passed: 0 };

function answer(response, status, headers = {}) {
  const body = JSON.stringify({ error: { code: status === 429 ? "TooManyRequests" : "InternalServerError", message: "soak" } });
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(body);
}

function faulty(target) {
  const agent = new http.Agent({ keepAlive: true });
  const upstream = new URL(target);
  const server = http.createServer((request, response) => {
    const chance = random() * 100;
    const kind = chance < Number(percent) ? Math.floor(random() * 5) : -1;
    const names = ["lost", "cut", "failed", "throttled", "slow"];
    faults[kind < 0 ? "passed" : names[kind]]++;
    if (kind === 0) return request.socket.destroy(); // Azure has not seen it
    if (kind === 2) return answer(response, 503);
    if (kind === 3) return answer(response, 429, { "Retry-After": "1" });
    const forward = () => {
      const onward = http.request({ host: upstream.hostname, port: upstream.port, method: request.method, path: request.url,
        headers: request.headers, agent }, (reply) => {
        if (kind === 1) { // Azure has done it, and the answer is lost
          reply.resume();
          return request.socket.destroy();
        }
        response.writeHead(reply.statusCode, reply.rawHeaders);
        reply.pipe(response);
      });
      onward.on("error", () => request.socket.destroy());
      request.pipe(onward);
    };
    if (kind === 4) setTimeout(forward, 1000);
    else forward();
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => {
    const url = new URL(target);
    url.port = server.address().port;
    resolve(url.toString().replace(/\/$/, "").replace("%7Baccount%7D", "{account}"));
  }));
}

// ---- What a process holds

function held(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const kb = (name) => Number(rollup.match(new RegExp(`^${name}:\\s+(\\d+)`, "m"))[1]);
  return {
    privateMB: (kb("Private_Clean") + kb("Private_Dirty")) / 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
  };
}

// ---- The run

const emulator = begin(emulatorPath, ["--provisioning-time", "1", "--start-time", "1", "--share-deletion-time", "0", "--quota", "1000000"]);
const variables = {};
for (const line of await lines(emulator, (text) => text.includes("AZURE_REGIONS="))) {
  const found = line.match(/^(?:export )?([A-Z_]+)=(.*)$/);
  if (found) variables[found[1]] = found[2].replace(/^["']|["']$/g, "");
}
for (const name of ["AZURE_RESOURCE_MANAGER_ENDPOINT", "AZURE_FILE_ENDPOINT"]) variables[name] = await faulty(variables[name]);
const daemon = begin(daemonPath, ["--port", "0"], { ...variables, AGENT_BASE_URL: "https://agent.example.com", LOG_LEVEL: "error",
  RATE_LIMIT_RPS: "1000000", RATE_LIMIT_BURST: "1000000" });
const url = (await lines(daemon, () => true))[0].split(" ").pop();

const outcomes = new Map();
const note = (what) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1);

async function call(method, path, body) {
  const response = await fetch(`${url}/api/v1/environments${path}`, { method,
    ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }) });
  const answered = await response.json();
  note(`${method}${path.replace(/\/soak-[0-9]+/, "/{id}")} ${response.status}${response.ok ? "" : ` ${answered.reason}`}`);
  return response.status;
}

// Repeats what may be repeated until it succeeds; a 404 of a delete is a success of an earlier one.
async function insist(method, path, body) {
  for (let attempt = 0; attempt < 20; ++attempt) {
    const status = await call(method, path, body);
    if (status < 300 || (method === "DELETE" && status === 404)) return true;
  }
  return false;
}

let failed = 0;
async function lifecycle(number) {
  const id = `soak-${String(number).padStart(8, "0")}`;
  const created = await insist("POST", "", { workspaceId: id, name: "Soak", cloudRegion: "eastus", cpuCores: 1, memoryGB: 2, storageGB: 10 });
  const done = created && (await insist("POST", `/${id}/stop`)) && (await insist("POST", `/${id}/start`)) &&
    (await call("GET", `/${id}`)) === 200;
  const gone = await insist("DELETE", `/${id}?force=true`);
  if (!done || !gone) ++failed;
}

async function run(span, start) {
  const under = new Set();
  let count = start;
  const end = Date.now() + span;
  let told = Date.now();
  while (Date.now() < end) {
    const one = lifecycle(count++).catch((error) => { ++failed; note(`error ${error.message}`); }).finally(() => under.delete(one));
    under.add(one);
    if (Date.now() - told > 60000) {
      told = Date.now();
      const now = held(daemon.pid);
      console.log(`${count} lifecycles, ${under.size} under way: ${now.privateMB.toFixed(1)} MB private, ${now.descriptors} descriptors`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 / Number(rate)));
  }
  await Promise.all(under);
  return count;
}

// What is measured before is a daemon that has worked: its pools and caches are there.
const warm = await run(Math.min(60000, Number(minutes) * 6000), 0);
const settled = () => new Promise((resolve) => setTimeout(resolve, 70000)); // idle connections have been closed by then
await settled();
const before = held(daemon.pid);
const count = await run(Number(minutes) * 60000, warm);
await settled();
const after = held(daemon.pid);
const left = await (await fetch(`${url}/api/v1/environments`)).json();

console.log(`\n${count} lifecycles, ${failed} failed; requests to Azure: ${JSON.stringify(faults)}`);
for (const [what, times] of [...outcomes].sort()) console.log(`  ${times} x ${what}`);
console.log("\n| held by the daemon | before | after |\n|---|---|---|");
for (const name of Object.keys(before)) console.log(`| ${name} | ${before[name].toFixed(1)} | ${after[name].toFixed(1)} |`);
console.log(`| environments | 0 | ${left.data?.total} |`);
// The daemon keeps its ended operations for an hour, at most 20,000 of about 1 KiB; each lifecycle has four.
const keptMB = (Math.min(20000, count * 4)) / 1024;
const grown = after.privateMB > before.privateMB * 1.1 + 1 + keptMB || after.descriptors > before.descriptors + 10 || after.threads > before.threads;
process.exit(grown || failed > 0 || left.data?.total !== 0 ? 1 : 0);
