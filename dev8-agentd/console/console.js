// The web console of dev8-agentd: lists environments, shows what happens to them as it happens, and changes them. The API
// is described in /openapi.json. An API key is kept in this page's memory alone.
const $ = (id) => document.getElementById(id);
const state = { key: "", environments: [], total: 0, more: "", wanted: 100, turn: 0, chosen: "", watch: null, log: null, operations: new Map(), passwords: new Map() };

class Refused extends Error {
  constructor(status, body) {
    const details = (body.details ?? []).map((d) => (d.field ? `${d.field} ${d.message}` : "")).filter(Boolean).join("; ");
    super(body.message ? `${body.message}${details ? ` (${details})` : ""}` : `the agent answered ${status}`);
    this.status = status;
  }
}

function headers(more = {}) {
  return state.key ? { ...more, Authorization: `Bearer ${state.key}` } : more;
}

let asked = null;  // while the key is asked for

// Calls that are refused meanwhile wait for the same answer.
function askForKey() {
  asked ??= new Promise((resolve) => {
    const dialog = $("key");
    dialog.addEventListener("close", () => {
      state.key = dialog.querySelector("input").value.trim();
      dialog.querySelector("form").reset();
      asked = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asked;
}

async function call(method, path, body, more = {}) {
  const key = state.key;
  const init = { method, headers: headers(more) };
  if (body) {
    init.body = JSON.stringify(body);
    init.headers["Content-Type"] = "application/json";
  }
  const response = await fetch(path, init);
  if (response.status === 401) {
    if (state.key === key) await askForKey();  // else there is another one since
    return call(method, path, body, more);
  }
  const text = await response.text();
  const parsed = text ? JSON.parse(text) : {};
  if (!response.ok && response.status !== 304) throw new Refused(response.status, parsed);
  return parsed.data ?? parsed;
}

// Reads a streamed answer until it ends or `signal` is aborted; `take` gets the text as it comes.
async function stream(path, more, signal, take) {
  const response = await fetch(path, { headers: headers(more), signal });
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    take(value);
  }
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const clock = (time) => new Date(time).toLocaleTimeString();
const path = (id, rest = "") => `/api/v1/environments/${encodeURIComponent(id)}${rest}`;
const notice = (text) => { $("notice").textContent = text; };

// ---- The list

// Loads as many pages as are wanted. An answer that comes when another refresh has begun is left out.
async function refresh() {
  const turn = ++state.turn;
  const filters = new FormData($("filters"));
  const query = new URLSearchParams({ pageSize: "100" });
  if (filters.get("status")) query.set("status", filters.get("status"));
  if (filters.get("user").trim()) query.set("userId", filters.get("user").trim());
  const loaded = { environments: [], total: 0, more: "first" };
  try {
    while (loaded.more && loaded.environments.length < state.wanted) {
      const page = await call("GET", `/api/v1/environments?${query}`);
      loaded.environments.push(...page.environments);
      loaded.total = page.total;
      loaded.more = page.nextCursor;
      query.set("cursor", page.nextCursor ?? "");
    }
    if (turn !== state.turn) return;
    Object.assign(state, loaded);
    notice("");
  } catch (error) {
    if (turn !== state.turn) return;
    notice(error.message);
  }
  showList();
}

function showList() {
  const text = new FormData($("filters")).get("text").trim().toLowerCase();
  const shown = state.environments.filter((e) => `${e.id} ${e.name}`.toLowerCase().includes(text));
  const focused = document.activeElement?.dataset?.id;
  $("list").replaceChildren(...shown.map((environment) => {
    const button = element("button", undefined, { "data-id": environment.id, "aria-current": environment.id === state.chosen });
    button.append(element("span", environment.name || environment.id),
      element("span", environment.status, { class: `status ${environment.status}` }),
      element("span", `${environment.id} \u00b7 ${environment.cloudRegion}`, { class: "soft" }),
      element("span", `${environment.cpuCores} cores, ${environment.memoryGB} GB`, { class: "soft" }));
    button.addEventListener("click", () => choose(environment.id, true));
    const item = element("li");
    item.append(button);
    return item;
  }));
  const filtered = text || [...new FormData($("filters")).values()].some((value) => value.trim());
  $("empty").hidden = shown.length > 0;
  $("empty").textContent = filtered ? "No environment fits the filters."
    : "There are no environments. Create one with \u201cNew environment\u201d.";
  $("more").hidden = !state.more;
  $("more-text").textContent = `${state.environments.length} of ${state.total} environments are loaded.`;
  if (focused) $("list").querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}

// ---- One environment

function choose(id, focus = false) {
  state.watch?.abort();
  state.log?.abort();
  state.chosen = id;
  $("detail").hidden = !id;
  showList();
  if (!id) return;
  $("events").replaceChildren();
  $("log").textContent = "";
  showDetail();
  showOperation(state.operations.get(id));
  follow(id);
  followLog(id);
  if (focus) $("detail").focus();
}

function showDetail() {
  const id = state.chosen;
  const environment = state.environments.find((e) => e.id === id);
  $("detail-title").textContent = environment?.name || id;
  const facts = environment
    ? [["Status", environment.status + (environment.statusDetail ? `: ${environment.statusDetail}` : "")], ["Id", id],
       ["User", environment.userId], ["Region", environment.cloudRegion],
       ["Size", `${environment.cpuCores} cores, ${environment.memoryGB} GB memory, ${environment.storageGB} GB files`],
       ["Created", new Date(environment.createdAt).toLocaleString()], ["Image", environment.image],
       ["Labels", Object.entries(environment.labels ?? {}).map(([name, value]) => `${name}: ${value}`).join(", ")],
       ["Variables", [...(environment.environmentVariables ?? []), ...(environment.secretVariables ?? [])].join(", ")],
       ["Repository", environment.gitRepository], ["Zone", environment.zone]].filter(([, value]) => value)
    : [["Id", id]];
  $("facts").replaceChildren(...facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
  const status = environment?.status;
  const link = environment?.connectionUrls?.vscodeWebUrl;
  $("open-ide").hidden = status !== "RUNNING" || !link;
  if (link) $("open-ide").href = link;
  const password = state.passwords.get(id);
  $("password").hidden = !password;
  $("password").textContent = password ? `Password, shown this once: ${password}` : "";
  const busy = state.operations.get(id)?.status === "RUNNING";
  const allowed = { start: status === "STOPPED" || status === "ERROR", stop: status === "RUNNING" || status === "ERROR",
    restart: status === "RUNNING", delete: true };
  for (const button of $("actions").querySelectorAll("[data-action]")) {
    button.disabled = !allowed[button.dataset.action] || (busy && button.dataset.action !== "delete");
  }
}

function addEvent(event) {
  if ($("events").querySelector(`[data-id="${CSS.escape(event.id)}"]`)) return;
  const item = element("li", undefined, { "data-id": event.id });
  item.append(element("time", clock(event.time), { datetime: event.time }), element("strong", event.name),
    document.createTextNode(event.message ? ` ${event.message}` : ""));
  $("events").prepend(item);
}

// Follows the events of an environment; begins again after the last one when the connection ends.
async function follow(id) {
  const abort = (state.watch = new AbortController());
  let last = "";
  while (!abort.signal.aborted) {
    let rest = "";
    try {
      const more = { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) };
      await stream(path(id, "/events"), more, abort.signal, (text) => {
        const blocks = (rest + text).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
          const field = (name) => block.split("\n").find((line) => line.startsWith(name))?.slice(name.length);
          if (!field("data: ")) continue;
          const event = JSON.parse(field("data: "));
          last = field("id: ");
          addEvent(event);
          if (event.type === "status" || event.type === "done") refresh().then(showDetail);
          if (event.type === "done") abort.abort();
        }
      });
    } catch (error) {
      if (abort.signal.aborted || error.status === 404) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
}

async function followLog(id) {
  state.log?.abort();
  const abort = (state.log = new AbortController());
  const log = $("log");
  const status = (state.operations.get(id)?.environment ?? state.environments.find((e) => e.id === id))?.status;
  log.textContent = !status || status === "CREATING" ? "The container has not started yet." : "";
  if (log.textContent) return;
  try {
    await stream(path(id, `/logs?tail=200&follow=${$("follow").checked}`), { Accept: "text/plain" }, abort.signal, (text) => {
      const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
      log.textContent = (log.textContent + text).slice(-200000);
      if (atEnd) log.scrollTop = log.scrollHeight;
    });
  } catch (error) {
    if (!abort.signal.aborted) log.textContent ||= error.message;
  }
}

// ---- Changes

function showOperation(operation) {
  if (operation && operation.environmentId !== state.chosen) return;
  const words = operation && `${operation.kind}: ${operation.error?.message ?? operation.detail ?? ""}`.replace(/: $/, "");
  $("progress").textContent = operation ? `${words} (${operation.status.toLowerCase()})` : "";
  $("progress").className = operation?.status ?? "";
  $("stages").replaceChildren(...(operation?.stages ?? []).map((stage) =>
    element("li", stage.name, stage.endedAt ? {} : { "aria-current": "step" })));
}

// Follows an operation to its end.
async function watchOperation(operation) {
  const id = operation.environmentId;
  for (;;) {
    state.operations.set(id, operation);
    showOperation(operation);
    showDetail();
    if (operation.status !== "RUNNING") break;
    const tag = operation.updatedAt;
    operation = (await call("GET", `/api/v1/operations/${encodeURIComponent(operation.id)}?wait=20`)).operation;
    if (operation.updatedAt === tag) await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const password = operation.environment?.connectionUrls?.codeServerPassword;
  if (password) state.passwords.set(id, password);
  await refresh();
  showRegions();
  if (state.chosen === id) {
    showDetail();
    if (operation.status === "SUCCEEDED" && operation.kind !== "delete" && operation.kind !== "stop") followLog(id);
  }
}

async function change(action, id) {
  try {
    if (action === "restart") {
      $("progress").textContent = "restart: under way";
      await call("POST", path(id, "/restart"));
      $("progress").textContent = "restart: done";
      return followLog(id);
    }
    const [method, url] = action === "delete" ? ["DELETE", path(id, "?force=true")] : ["POST", path(id, `/${action}`)];
    await watchOperation((await call(method, url, undefined, { Prefer: "respond-async" })).operation);
  } catch (error) {
    $("progress").textContent = error.message;
    $("progress").className = "FAILED";
  }
}

function confirmDelete(id) {
  const dialog = $("confirm");
  $("confirm-title").textContent = `Delete ${id}?`;
  const input = dialog.querySelector("input");
  input.value = "";
  input.pattern = id;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => { if (dialog.returnValue === "delete") change("delete", id); }, { once: true });
}

async function create(event) {
  event.preventDefault();
  const form = event.target;
  const body = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  for (const name of ["cpuCores", "memoryGB", "storageGB"]) body[name] = Number(body[name]);
  try {
    const { operation } = await call("POST", "/api/v1/environments", body, { Prefer: "respond-async" });
    $("create").close();
    form.reset();
    $("create-error").textContent = "";
    state.operations.set(operation.environmentId, operation);
    choose(operation.environmentId, true);
    await watchOperation(operation);
    if (state.chosen === operation.environmentId) choose(operation.environmentId);
  } catch (error) {
    $("create-error").textContent = error.message;
    notice(error.message);
  }
}

// ---- The agent and its regions

// A quota as a bar; without figures, in words.
function quotaBar(words, usage) {
  const bar = element("label", usage ? `${words}: ${usage.current} of ${usage.limit}` : `${words}: not known`);
  if (usage) bar.append(element("meter", undefined, { max: usage.limit, high: usage.limit * 0.8, optimum: 0, value: usage.current }));
  return bar;
}

async function showRegions() {
  const { regions = [], limits = {} } = await call("GET", "/api/v1/regions").catch(() => ({}));
  for (const [name, most] of Object.entries(limits)) {
    const size = $("create").querySelector(`[name=${name}]`);
    size.max = most;
    if (Number(size.defaultValue) > most) size.defaultValue = most;
  }
  const usable = regions.filter((region) => region.status !== "DISABLED");
  $("quotas").replaceChildren(...usable.map((region) => {
    const item = element("li");
    item.append(element("strong", region.name + (region.default ? " (default)" : "")), element("span", region.status, { class: `status ${region.status}` }),
      quotaBar("Container groups", region.usage.containerGroups), quotaBar("Cores", region.usage.cores));
    if (region.detail) item.append(element("p", region.detail, { class: "hint" }));
    return item;
  }));
  $("regions").replaceChildren(...["auto", ...usable.map((region) => region.name)].map((value) => element("option", undefined, { value })));
  const asked = $("create").querySelector("[name=cloudRegion]");
  asked.defaultValue = usable.find((region) => region.default)?.name ?? asked.defaultValue;
}

// What the agent's own emulator holds, where it has one, while the part is open.
async function showEmulator() {
  if ($("emulator").hidden || !$("emulator").open) return;
  const azure = await call("GET", "/console/emulator.json").catch((error) => notice(error.message));
  if (!azure) return;
  const item = (name, text) => {
    const made = element("li");
    made.append(element("strong", name), document.createTextNode(` ${text}`));
    return made;
  };
  const show = (id, items) => $(id).replaceChildren(...(items.length ? items : [element("li", "none")]));
  show("emulator-groups", azure.containerGroups.map((group) => item(group.name,
    `${group.location}, ${group.state || group.provisioningState}, ${group.image}, starts: ${group.deployments}`)));
  show("emulator-shares", azure.shares.map((share) => item(share.name,
    `${share.storageAccount}, ${share.quotaGib} GiB${share.beingDeleted ? ", being deleted" : ""}`)));
  show("emulator-faults", Object.entries(azure.faults).map(([word, count]) => item(word, count)));
  show("emulator-calls", Object.entries(azure.calls).map(([operation, count]) => item(operation, count)));
}

function showFindings(findings) {
  $("emulator").hidden = !findings.some((finding) => finding.code === "DEV8-EMBEDDED-EMULATOR");
  $("findings").replaceChildren(...findings.map((finding) => {
    const item = element("li", undefined, { class: finding.severity });
    item.append(element("strong", finding.message), document.createTextNode(` ${finding.remedy} `), element("code", finding.code));
    return item;
  }));
}

async function showHealth() {
  const response = await fetch("/health?verbose=true", { headers: headers() }).catch(() => null);
  const health = response && (await response.json().catch(() => null));
  const broken = Object.entries(health?.checks ?? {}).filter(([, check]) => check.status !== "healthy");
  $("health").textContent = !health ? "The agent does not answer" :
    broken.length ? `Degraded: ${broken.map(([name, check]) => `${name} ${check.message ?? ""}`).join("; ")}` : "Healthy";
  showFindings(health?.findings ?? []);
}

// ---- Start

$("open-create").addEventListener("click", () => {
  $("create-error").textContent = "";
  $("create").showModal();
});
$("show-more").addEventListener("click", () => { state.wanted += 100; refresh(); });
$("create").querySelector("form").addEventListener("submit", create);
$("close-detail").addEventListener("click", () => { const id = state.chosen; choose(""); $("list").querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus(); });
$("filters").addEventListener("input", (event) => {
  if (event.target.name === "text") return showList();
  state.wanted = 100;
  refresh();
});
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("emulator").addEventListener("toggle", showEmulator);
$("follow").addEventListener("change", () => followLog(state.chosen));
$("actions").addEventListener("click", (event) => {
  const action = event.target.dataset?.action;
  if (action === "delete") confirmDelete(state.chosen);
  else if (action) change(action, state.chosen);
});
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
await refresh();
showHealth();
showRegions();
setInterval(() => { if (!document.hidden) showHealth(); }, 15000);
setInterval(() => { if (!document.hidden) showRegions(); }, 60000);
setInterval(() => { if (!document.hidden) refresh().then(() => state.chosen && showDetail()).then(showEmulator); }, 10000);
