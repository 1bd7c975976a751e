// A whole lifecycle by the web console in headless Chromium: lifecycle.mjs CHROMIUM URL KEY DIRECTORY
// The daemon has the API key KEY. Screenshots are left in DIRECTORY.
// Every wait ends when the page shows what is waited for, or fails after the time-out below.
import { chromium } from "playwright-core";

const [executablePath, url, key, shots] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

function check(holds, what) {
  if (!holds) throw new Error(what);
  console.log(`ok: ${what}`);
}

try {
  const context = await browser.newContext({ colorScheme: "light", viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(120_000);  // for slow machines
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));

  const answer = await page.goto(`${url}/console/`);
  check(answer.headers()["content-security-policy"].includes("default-src 'none'"), "the page has a strict policy");

  const asks = page.getByRole("dialog", { name: "API key" });
  await asks.getByLabel("Key").fill("a key that is not the agent's, 32+");
  await asks.getByRole("button", { name: "Use" }).click();
  await asks.waitFor();
  await asks.getByLabel("Key").fill(key);
  await asks.getByRole("button", { name: "Use" }).click();
  await page.getByText("There are no environments").waitFor();
  const kept = await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length);
  check(kept === 0, "the key is asked for, and kept in memory alone");

  // By keyboard alone: the button, the fields in their order, Enter.
  await page.getByRole("button", { name: "New environment" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name").fill("My workspace");
  await page.getByLabel("Id", { exact: true }).fill("console-0001");
  await page.getByLabel("Storage, GB").fill("5");
  await page.getByRole("button", { name: "Create" }).click();
  check(await page.getByRole("dialog").isVisible(), "a value that breaks its rule is not sent");
  await page.locator("input[name=storageGB][max='50']").waitFor();
  await page.getByLabel("Storage, GB").fill("60");
  await page.getByRole("button", { name: "Create" }).click();
  check(await page.getByRole("dialog").isVisible(), "a size above the agent's limit is not sent");
  // A list that was read before the container came up must not keep its log away.
  const lists = "**/api/v1/environments?*";
  await page.route(lists, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll('"RUNNING"', '"CREATING"') });
  });
  await page.getByLabel("Storage, GB").fill("20");
  await page.getByLabel("Storage, GB").press("Enter");

  const detail = page.getByRole("region", { name: "My workspace" });
  await detail.locator("#stages").getByText("provisioning").waitFor();
  check(true, "the stages are shown while they last");
  await page.screenshot({ path: `${shots}/creating.png`, fullPage: true });
  await detail.getByText("create (succeeded)").waitFor();
  await detail.locator("#events").getByText("Started").first().waitFor();
  await detail.getByText(/Password, shown this once: \S+/).waitFor();
  await detail.locator("#log").getByText("listening").waitFor();
  check(true, "created: events, password and log are shown");
  await page.unroute(lists);
  await page.locator("#findings").getByText("DEV8-EMBEDDED-EMULATOR").waitFor();
  check(true, "findings are shown");
  const quotas = page.locator("#quotas");
  await quotas.locator("meter").nth(1).waitFor();
  check(true, "regions show their quotas as bars");
  const link = detail.getByRole("link", { name: "Open VS Code" });
  check((await link.getAttribute("rel")).includes("noopener"), "the link opens apart from the console");
  await page.screenshot({ path: `${shots}/light.png`, fullPage: true });

  // The emulator's state, opened by keyboard.
  const azure = page.locator("#emulator");
  await azure.locator("summary").focus();
  await page.keyboard.press("Enter");
  await azure.getByRole("list", { name: "Container groups" }).getByText(/aci-console-0001 eastus, Running/).waitFor();
  await azure.getByRole("list", { name: "File shares" }).getByText(/fs-console-0001 dev8emulator, 25 GiB/).waitFor();
  await azure.getByRole("list", { name: "Faults sent" }).getByText("status 1").waitFor();
  await azure.getByRole("list", { name: "Requests" }).getByText("ContainerGroups_CreateOrUpdate 1").waitFor();
  check(true, "the emulator's groups, shares, faults and requests are shown");

  await detail.getByRole("button", { name: "Stop" }).click();
  await detail.getByText("stop (succeeded)").waitFor();
  await detail.getByText("STOPPED", { exact: true }).first().waitFor();
  await detail.getByRole("button", { name: "Start", exact: true }).click();
  await detail.getByText("start (succeeded)").waitFor();
  check(true, "stopped and started");

  await page.locator("#filters").getByLabel("Search").fill("no such name");
  await page.getByText("No environment fits the filters.").waitFor();
  await page.locator("#filters").getByLabel("Search").fill("");

  // More environments than one page holds: the answers are made up, because quotas end at 100.
  const made = (from, count) => Array.from({ length: count }, (_, i) =>
    ({ id: `made-up-${from + i}`, name: `Made up ${from + i}`, status: "STOPPED", cloudRegion: "eastus", cpuCores: 1, memoryGB: 2, storageGB: 10 }));
  await page.route("**/api/v1/environments?*", (route) => {
    const next = new URL(route.request().url()).searchParams.get("cursor") === "behind-100";
    const data = next ? { environments: made(101, 30), total: 130 } : { environments: made(1, 100), total: 130, nextCursor: "behind-100" };
    return route.fulfill({ json: { success: true, data } });
  });
  await page.locator("#filters").getByLabel("User").fill("somebody");
  await page.getByText("100 of 130 environments are loaded.").waitFor();
  await page.getByRole("button", { name: "Show 100 more" }).click();
  await page.getByRole("button", { name: /made-up-130/ }).waitFor();
  check(await page.locator("#more").isHidden(), "all pages of the list can be reached");
  await page.unroute("**/api/v1/environments?*");
  await page.locator("#filters").getByLabel("User").fill("");
  await page.getByRole("button", { name: /console-0001/ }).waitFor();

  // Two calls at once are refused, as when the agent's keys have changed.
  const refused = [];
  const statuses = [];
  let bothAnswered;
  const answers = new Promise((resolve) => { bothAnswered = resolve; });
  await page.route("**/api/v1/environments?*", async (route) => {
    if (refused.length < 2) {
      refused.push(route);
      if (refused.length === 2) for (const one of refused) await one.fulfill({ status: 401, json: { success: false } });
      return;
    }
    const response = await route.fetch();
    await route.fulfill({ response });
    if (statuses.push(response.status()) === 2) bothAnswered();
  });
  await page.locator("#filters").getByLabel("User").fill("a");
  await page.locator("#filters").getByLabel("User").fill("");
  await asks.getByLabel("Key").fill(key);
  await asks.getByRole("button", { name: "Use" }).click();
  await answers;
  check(statuses.every((status) => status === 200), "calls that are refused at once ask for the key once");
  await page.unrouteAll({ behavior: "wait" });  // one more call may be on its way
  await page.getByRole("button", { name: /console-0001/ }).waitFor();

  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: `${shots}/dark.png`, fullPage: true });
  await page.setViewportSize({ width: 375, height: 800 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  check(width <= 375, `nothing sticks out at phone width (${width})`);
  await page.screenshot({ path: `${shots}/phone.png`, fullPage: true });

  await detail.getByRole("button", { name: /Delete/ }).click();
  const confirm = page.getByRole("dialog", { name: /Delete console-0001/ });
  await confirm.getByLabel("Type the id to confirm").fill("console-0002");
  await confirm.getByRole("button", { name: "Delete" }).click();
  check(await confirm.isVisible(), "another id does not delete");
  await confirm.getByLabel("Type the id to confirm").fill("console-0001");
  await confirm.getByRole("button", { name: "Delete" }).click();
  await page.getByText("There are no environments").waitFor();
  check(true, "deleted");

  const unnamed = await page.evaluate(() =>
    [...document.querySelectorAll("input, select, button")].filter((e) => !e.labels?.length && !e.textContent.trim()).length);
  check(unnamed === 0, "every control has a name");
  // 401 asks for the key; 404 is an environment that is gone.
  const faults = complaints.filter((text) => !/40[14]/.test(text));
  check(faults.length === 0, `no errors on the page: ${faults.join("; ")}`);
} finally {
  await browser.close();
}
