// 200 asynchronous creates that are sent at once through one daemon, over Node's fetch and its pooled connections:
// async_creates.mjs DAEMON EMULATOR [COUNT] [ROUNDS]
// Prints, for each round, the times from the sending to the whole answer of COUNT requests at once: of GET /live alone, of
// creates that break a rule (400), and of creates (202) with a GET /live beside each. The contract wants each 202 within
// twice the time of a /live of the same run: of each pair, the ratio is told. The 400 shows what a POST with a body costs
// the client itself, which has the machine's cores in common with the daemon and the emulator.
import { start } from "./stack.mjs";

const [daemonPath, emulatorPath, count = "200", rounds = "5"] = process.argv.slice(2);
const all = "/api/v1/environments";
const { url } = await start(daemonPath, emulatorPath, 2);

async function timed(status, path, init) {
  const begun = performance.now();
  const answer = await fetch(url + path, init);
  await answer.text();
  if (answer.status !== status) throw new Error(`${path}: ${answer.status}`);
  return { took: performance.now() - begun, follow: answer.headers.get("Operation-Location") };
}

const live = () => timed(200, "/live");
const create = (id, status = 202) => timed(status, all, {
  method: "POST",
  headers: { "Content-Type": "application/json", Prefer: "respond-async" },
  body: JSON.stringify({ workspaceId: id, cloudRegion: "eastus", userId: "u", name: "x", cpuCores: 1, memoryGB: 2, storageGB: 10 }),
});
const at_once = (request) => Promise.all(Array.from({ length: Number(count) }, (_, number) => request(number)));

async function follow(location) {
  for (;;) {
    const answer = await (await fetch(`${url}${location}?wait=30`)).json();
    if (answer.data.operation.status !== "RUNNING") return answer.data.operation.status;
  }
}

function figures(results) {
  const times = results.map(({ took }) => took).sort((a, b) => a - b);
  return { median: times[times.length >> 1], slowest: times.at(-1) };
}

const broken = () => create("x", 400);
for (let i = 0; i < 5; ++i) {
  // Connections, and the compiler of Node.
  await at_once(live);
  await at_once(broken);
}
console.log("Median, slowest of each in ms.\n");
console.log("| round | /live alone | 400 | 202 | /live beside | 202 : /live beside | 202 : 400 |\n|---|---|---|---|---|---|---|");
for (let round = 1; round <= Number(rounds); ++round) {
  const lives = figures(await at_once(live));
  const refusals = figures(await at_once(broken));
  const pairs = await at_once((number) => Promise.all(
    [create(`bench-${round}-${String(number).padStart(4, "0")}`), live()]));
  const begun = pairs.map(([accepted]) => accepted);
  const creates = figures(begun);
  const beside = figures(pairs.map(([, alive]) => alive));
  const ratios = figures(pairs.map(([accepted, alive]) => ({ took: accepted.took / alive.took })));
  const ends = await Promise.all(begun.map(({ follow: location }) => follow(location)));
  const failed = ends.filter((status) => status !== "SUCCEEDED").length;
  if (failed > 0) throw new Error(`${failed} operations did not succeed`);
  const pair = ({ median, slowest }) => `${median.toFixed(1)}, ${slowest.toFixed(1)}`;
  const ratio = pair({ median: creates.median / refusals.median, slowest: creates.slowest / refusals.slowest });
  console.log(`| ${round} | ${[lives, refusals, creates, beside, ratios].map(pair).join(" | ")} | ${ratio} |`);
}
process.exit();
