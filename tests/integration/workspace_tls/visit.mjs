// A life of an environment behind Caddy: visit.mjs AGENT_URL DIRECTORY_OF_SHARES
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import tls from "node:tls";

const [agent, directory] = process.argv.slice(2);
const all = `${agent}/api/v1/environments`;
const one = `${all}/workspace-0001`;

async function call(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${method} ${url}: ${response.status} ${JSON.stringify(answer)}`);
  return answer.data?.environment;
}

function get(url, options = {}) {
  const client = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    client
      .get(url, { rejectUnauthorized: false, ...options }, (response) => {
        let text = "";
        response.on("data", (part) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
      })
      .on("error", reject);
  });
}

// The serial number of the certificate that the host shows.
function serial(host) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host, port: 443, rejectUnauthorized: false }, () => {
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      resolve(serialNumber);
    });
    socket.on("error", reject);
  });
}

// The first text frame of a WebSocket.
function word(url) {
  return new Promise((resolve, reject) => {
    const request = https.request(url, {
      rejectUnauthorized: false,
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    request.on("upgrade", (response, socket, head) => {
      assert.equal(response.headers["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      const read = (part) => {
        socket.destroy();
        resolve(part.subarray(2).toString());
      };
      if (head.length > 0) read(head);
      else socket.once("data", read);
    });
    request.on("response", (response) => reject(new Error(`status ${response.statusCode}`)));
    request.on("error", reject);
    request.end();
  });
}

const shares = () =>
  readdirSync(directory, { recursive: true })
    .map(String)
    .filter((name) => /\.(fs|tls)-workspace-0001$/.test(name))
    .map((name) => name.replace(/.*\.(\w+)-.*/, "$1"))
    .sort();

const sizes = { cloudRegion: "eastus", cpuCores: 1, memoryGB: 2, storageGB: 10 };
const made = await call("POST", all, { workspaceId: "workspace-0001", name: "One", ...sizes });
const link = new URL(made.connectionUrls.vscodeWebUrl);
assert.equal(link.protocol, "https:");
assert.equal(link.port, "");
const page = await get(new URL("/page", link));
assert.equal(page.text, "/page by https\n");
assert.equal(await word(new URL("/socket", link)), "hello");
const plain = await get(new URL(`http://${link.host}/page`));
assert.equal(plain.status, 308);
assert.equal(plain.headers.location, `https://${link.host}/page`);
assert.deepEqual(shares(), ["fs", "tls"]);

const first = await serial(link.host);
await call("POST", `${one}/stop`);
// Azure's answer does not wait for the end of the processes, which have 10 s for it.
while (await get(link).then(() => true, () => false));
const again = await call("POST", `${one}/start`);
const back = new URL(again.connectionUrls.vscodeWebUrl);
assert.equal((await get(new URL("/again", back))).text, "/again by https\n");
assert.equal(await serial(back.host), first, "a restart asks for no new certificate");

await call("DELETE", `${one}?force=true`);
assert.deepEqual(shares(), []);
console.log("HTTPS, WebSocket, redirection, restart and deletion work");
process.exit(0);
