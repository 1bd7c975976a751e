// A client of dev8-agentd in Node, version 18 or later, without packages: an environment from creation to deletion,
// begun without waiting and watched meanwhile.
//
//   node lifecycle.mjs http://127.0.0.1:8080 [API_KEY]
const [agent, key] = process.argv.slice(2);
if (!agent) throw new Error('usage: node lifecycle.mjs URL [API_KEY]');
const id = 'from-node-1';
const environments = `${agent}/api/v1/environments`;

// One request. An error answer becomes an Error with the agent's reason and what to do about it.
async function call(method, url, body, more = {}) {
  const headers = {...(key && {Authorization: `Bearer ${key}`}), ...(body && {'Content-Type': 'application/json'}), ...more};
  const response = await fetch(url, {method, headers, body: body && JSON.stringify(body)});
  const answer = await response.json();
  if (response.ok) return {response, data: answer.data};
  const {reason, message, remedy} = answer;
  throw new Error(`${method} ${new URL(url).pathname}: ${response.status} ${reason}: ${message} ${remedy ?? ''}`);
}

// Begins a change and follows its operation. Every answer comes when something is new, at the latest after 30 s.
async function change(method, url, body) {
  const begun = await call(method, url, body, {Prefer: 'respond-async'});
  const operation = agent + begun.response.headers.get('Operation-Location');
  for (let stage; ;) {
    const {data} = await call('GET', `${operation}?wait=30`);
    if (data.operation.stage !== stage) console.log(`  ${(stage = data.operation.stage)}`);
    if (data.operation.status === 'SUCCEEDED') return data;
    if (data.operation.status !== 'RUNNING') throw new Error(JSON.stringify(data.operation));
  }
}

console.log('create');
await change('POST', environments,
  {workspaceId: id, name: 'From Node', userId: 'node', cloudRegion: 'eastus', cpuCores: 1, memoryGB: 2, storageGB: 10});
const {data} = await call('GET', `${environments}/${id}`);
console.log(data.environment.status, data.environment.connectionUrls.vscodeWebUrl);
console.log('stop');
await change('POST', `${environments}/${id}/stop`);
console.log('delete');
await change('DELETE', `${environments}/${id}`);
