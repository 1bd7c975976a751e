// The daemon's connections to an Azure that speaks HTTP/2: many requests at a time share at most 4 of them, and all of
// them end. This script is the Azure: an authority without TLS, a manager and a file service with it, and nothing is
// there. It keeps its answers back until many requests are open at once. Usage: node http2_connections.mjs DAEMON
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import {createSecureServer} from 'node:http2';
import {createInterface} from 'node:readline';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const [daemonPath] = process.argv.slice(2);
const atOnce = 40;
const questions = 200;
const connections = 4;

const directory = mkdtempSync(join(tmpdir(), 'dev8-http2-'));
const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1',
                         '-keyout', key, '-out', certificate, '-subj', '/CN=localhost',
                         '-addext', 'subjectAltName=IP:127.0.0.1'], {stdio: 'ignore'});

const seen = {sessions: 0, versions: new Set(), open: 0, most: 0};
let held = [];  // answers, until so many requests are open; then none is held any more
const azure = createSecureServer({key: readFileSync(key), cert: readFileSync(certificate), allowHTTP1: true});
azure.on('secureConnection', () => ++seen.sessions);
azure.on('request', (request, response) => {
  seen.versions.add(request.httpVersion);
  seen.most = Math.max(seen.most, ++seen.open);
  request.resume();
  const answer = () => {
    --seen.open;
    const code = request.url.includes('/containerGroups/') ? 'ResourceNotFound' : 'ShareNotFound';
    response.writeHead(404, {'Content-Type': 'application/json', 'x-ms-error-code': code});
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify({error: {code, message: 'not there'}}));
  };
  if (held === null || request.url.includes('dev8-health')) return answer();
  held.push(answer);
  if (seen.open < atOnce) return;
  const all = held;
  held = null;
  all.forEach((one) => one());
});
const authority = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({token_type: 'Bearer', expires_in: 3600, access_token: 'token'}));
});
const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
const [azurePort, authorityPort] = [await listen(azure), await listen(authority)];

const guid = (digit) => [8, 4, 4, 4, 12].map((length) => String(digit).repeat(length)).join('-');
const daemon = spawn(daemonPath, [], {
  stdio: ['ignore', 'pipe', 'ignore'],
  env: {
    AGENT_PORT: '0', RATE_LIMIT_RPS: '10000', RATE_LIMIT_BURST: '10000',
    AZURE_TENANT_ID: guid(1), AZURE_CLIENT_ID: guid(2), AZURE_CLIENT_SECRET: 'secret', AZURE_SUBSCRIPTION_ID: guid(3),
    AZURE_RESOURCE_GROUP: 'dev8', AZURE_STORAGE_ACCOUNT: 'dev8files', AZURE_STORAGE_KEY: 'a2V5', AZURE_REGIONS: 'eastus:eastus:true',
    AZURE_AUTHORITY_HOST: `http://127.0.0.1:${authorityPort}`, AZURE_CA_FILE: certificate,
    AZURE_RESOURCE_MANAGER_ENDPOINT: `https://127.0.0.1:${azurePort}`,
    AZURE_FILE_ENDPOINT: `https://127.0.0.1:${azurePort}/{account}`,
  },
});
try {
  const first = await new Promise((resolve, reject) => {
    createInterface(daemon.stdout).once('line', resolve);
    daemon.once('exit', (status) => reject(new Error(`the daemon ended with ${status}`)));
  });
  const url = first.split(' ').at(-1);
  const ask = (number) => fetch(`${url}/api/v1/environments/workspace-${String(number).padStart(4, '0')}`,
                                {signal: AbortSignal.timeout(120_000)});
  const answers = await Promise.all(Array.from({length: questions}, (_, number) => ask(number)));
  for (const answer of answers) {
    if (answer.status !== 404) throw new Error(`a question ended with ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
  if (seen.most < atOnce) throw new Error(`only ${seen.most} requests were open at once`);
  if ([...seen.versions].join() !== '2.0') throw new Error(`HTTP versions: ${[...seen.versions]}`);
  if (seen.sessions > connections) throw new Error(`${seen.sessions} connections`);
  console.log(`${questions} questions, ${seen.most} requests at once, ${seen.sessions} connections`);
} finally {
  daemon.kill();
  azure.close();
  authority.close();
  rmSync(directory, {recursive: true});
}
process.exit(0);
