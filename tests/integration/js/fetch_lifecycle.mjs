// Whole lifecycles in both dialects over Node's fetch, whose connections are pooled and whose DELETE and POST
// without a body have no Content-Length. Every third environment is made asynchronously. Requests end at the time
// limits of the known client: 300 s for a create, 90 s for start, stop and delete, 8 s for health. Usage: node fetch_lifecycle.mjs DAEMON [environments]
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';

const [daemonPath, count = '24'] = process.argv.slice(2);
const all = '/api/v1/environments';
const shape = {userId: 'user-1', name: 'x', cpuCores: 1, memoryGB: 2, storageGB: 10};

const daemon = spawn(daemonPath, ['--dev'], {
  stdio: ['ignore', 'pipe', 'ignore'],
  env: {
    AGENT_PORT: '0', AGENT_DEV_PROVISIONING_MS: '50', AGENT_DEV_START_MS: '50',
    RATE_LIMIT_RPS: '10000', RATE_LIMIT_BURST: '10000',
  },
});
const first = await new Promise((resolve) => createInterface(daemon.stdout).once('line', resolve));
const url = first.split(' ').at(-1);

function limitOf(method, path) {
  if (path === '/health') return 8_000;
  return method === 'POST' && path === all ? 300_000 : 90_000;
}

async function expect(status, method, path, body, more = {}) {
  const headers = {...(body ? {'Content-Type': 'application/json'} : {}), ...more};
  const signal = AbortSignal.timeout(limitOf(method, path));
  const answer = await fetch(url + path, {method, headers, body: body && JSON.stringify(body), signal});
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return {headers: answer.headers, data: text ? JSON.parse(text).data : undefined};
}

// Begins a create and follows its operation to the end.
async function createAsynchronously(body) {
  const begun = await expect(202, 'POST', all, body, {Prefer: 'respond-async'});
  const location = begun.headers.get('Operation-Location');
  for (let answers = 0; answers < 100; ++answers) {
    const {operation} = (await expect(200, 'GET', `${location}?wait=30`)).data;
    if (operation.status === 'SUCCEEDED' && operation.environment.status === 'RUNNING') return;
    if (operation.status !== 'RUNNING') throw new Error(`${location}: ${JSON.stringify(operation)}`);
  }
  throw new Error(`${location}: never ends`);
}

async function live(number) {
  const id = `workspace-${String(number).padStart(4, '0')}`;
  const named = {workspaceId: id, cloudRegion: 'eastus'};
  const byPath = number % 2 === 0;
  const wanted = {...named, ...shape};
  await (number % 3 === 0 ? createAsynchronously(wanted) : expect(201, 'POST', all, wanted));
  await (byPath ? expect(200, 'POST', `${all}/${id}/stop`) : expect(200, 'POST', `${all}/stop`, named));
  await (byPath ? expect(200, 'POST', `${all}/${id}/start`)
                : expect(200, 'POST', `${all}/start`, {...named, ...shape}));
  await (byPath ? expect(200, 'POST', `${all}/${id}/stop`) : expect(200, 'POST', `${all}/stop`, named));
  await (byPath ? expect(200, 'DELETE', `${all}/${id}`) : expect(200, 'DELETE', all, named));
  await expect(404, 'GET', `${all}/${id}`);
}

// The known client takes 200 and 503 as alive, and reads these members of each answer.
async function checkHealth() {
  const answer = await fetch(`${url}/health`, {signal: AbortSignal.timeout(8_000)});
  if (![200, 503].includes(answer.status)) throw new Error(`/health: ${answer.status}`);
}

// The first answers that its users may meet, with the members that it reads.
async function checkRefusals() {
  for (const [status, method, path, body] of [[400, 'POST', all, {workspaceId: 'x'}], [404, 'DELETE', `${all}/workspace-9999`],
                                              [404, 'POST', `${all}/stop`, {workspaceId: 'workspace-9999', cloudRegion: 'eastus'}]]) {
    const answer = await fetch(url + path, {
      method, signal: AbortSignal.timeout(90_000), headers: body && {'Content-Type': 'application/json'},
      body: body && JSON.stringify(body),
    });
    const {success, message, error, code} = await answer.json();
    if (answer.status !== status || success !== false || !message || !error || code !== `ERR_${status}`)
      throw new Error(`${method} ${path}: ${answer.status} ${message}`);
  }
}

await checkHealth();
await checkRefusals();
const results = await Promise.allSettled(Array.from({length: Number(count)}, (_, number) => live(number)));
const lost = results.filter((result) => result.status === 'rejected');
for (const {reason} of lost) console.error(reason.message, reason.cause?.code ?? '');
console.log(`${results.length} environments, ${lost.length} lost`);
daemon.kill();
process.exitCode = lost.length === 0 ? 0 : 1;
