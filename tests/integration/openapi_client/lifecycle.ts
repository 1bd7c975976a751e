// One lifecycle against a real daemon, by a client whose types are generated from the OpenAPI document: a call
// that the document does not describe does not compile.
import createClient from "openapi-fetch";
import type { paths } from "./api";

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] });
const id = "typescript-0001";
const one = { params: { path: { id } } };

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
  console.log(`ok: ${what}`);
}

const created = await client.POST("/api/v1/environments", {
  body: { workspaceId: id, name: "Typed", cloudRegion: "eastus", cpuCores: 2, memoryGB: 4, storageGB: 20 },
});
check(created.response.status === 201, "created");
const shown = await client.GET("/api/v1/environments/{id}", one);
check(shown.data?.data.environment.status === "RUNNING", "running");
const events = await client.GET("/api/v1/environments/{id}/events", one);
check(typeof events.data === "object" && events.data.data.events.length > 0, "has events");
const stopped = await client.POST("/api/v1/environments/{id}/stop", one);
check(stopped.response.status === 200, "stopped");
const started = await client.POST("/api/v1/environments/{id}/start", one);
check(started.response.status === 200, "started");
const refused = await client.DELETE("/api/v1/environments/{id}", one);
check(refused.error?.reason === "CONFLICT", "a running one is not deleted without force");
const removed = await client.DELETE("/api/v1/environments/{id}", {
  params: { path: { id }, query: { force: true } },
});
check(removed.response.status === 200, "deleted");
const gone = await client.GET("/api/v1/environments/{id}", one);
check(gone.response.status === 404 && gone.error?.reason === "NOT_FOUND", "gone");
