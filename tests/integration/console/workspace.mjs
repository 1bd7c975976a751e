// From the console to a workspace that really runs, and back: workspace.mjs CHROMIUM URL KEY DIRECTORY
// The daemon runs with --workspaces and the example workspace, and has the API key KEY. A screenshot is left in DIRECTORY.
// Every wait ends when the page shows what is waited for, or fails after the time-out below.
import { chromium } from "playwright-core";

const [executablePath, url, key, shots] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--no-proxy-server"] });

function check(holds, what) {
  if (!holds) throw new Error(what);
  console.log(`ok: ${what}`);
}

// Clicks the link of the console and logs in; the page of the workspace.
async function openWorkspace(context, detail, password) {
  const opened = context.waitForEvent("page");
  await detail.getByRole("link", { name: "Open VS Code" }).click();
  const workspace = await opened;
  await workspace.getByLabel("Password").fill(password);
  await workspace.getByRole("button", { name: "Log in" }).click();
  await workspace.getByRole("heading", { name: "Notes" }).waitFor();
  return workspace;
}

try {
  const context = await browser.newContext();
  context.setDefaultTimeout(120_000);  // for slow machines
  const page = await context.newPage();
  await page.goto(`${url}/console/`);
  const asks = page.getByRole("dialog", { name: "API key" });
  await asks.getByLabel("Key").fill(key);
  await asks.getByRole("button", { name: "Use" }).click();
  await page.getByRole("button", { name: "New environment" }).click();
  await page.getByLabel("Name").fill("My workspace");
  await page.getByLabel("Id", { exact: true }).fill("console-0001");
  await page.getByRole("button", { name: "Create" }).click();

  const detail = page.getByRole("region", { name: "My workspace" });
  await detail.getByText("create (succeeded)").waitFor();
  await detail.locator("#log").getByText("workspace: listening").waitFor();
  const told = await detail.getByText(/Password, shown this once: \S+/).textContent();
  const password = told.split(": ")[1].trim();

  const workspace = await openWorkspace(context, detail, password);
  check(new URL(workspace.url()).hostname.startsWith("127.88."), "the link opens, and the password is right");
  await workspace.getByLabel("Note", { exact: true }).fill("remember this");
  await workspace.getByRole("button", { name: "Keep" }).click();
  await workspace.getByRole("list", { name: "Notes" }).getByText("remember this").waitFor();
  await workspace.screenshot({ path: `${shots}/workspace.png` });
  await detail.locator("#log").getByText("workspace: kept a note").waitFor();
  await detail.locator("#log").getByText("workspace: reported its use").waitFor();
  check(true, "a note is kept, the agent is told of the use, and the log says so");

  await detail.getByRole("button", { name: "Stop" }).click();
  await detail.getByText("stop (succeeded)").waitFor();
  await detail.getByRole("button", { name: "Start", exact: true }).click();
  await detail.getByText("start (succeeded)").waitFor();
  await detail.locator("#log").getByText("workspace: listening").waitFor();
  const again = await openWorkspace(context, detail, password);
  await again.getByRole("list", { name: "Notes" }).getByText("remember this").waitFor();
  check(true, "the note is there after a stop and a start");
} finally {
  await browser.close();
}
