import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { beforeEach, expect, it } from "vitest";
import { DashboardApp } from "./dashboard-app.ts";

let app: DashboardApp;

beforeEach(() => {
  const clock = new VirtualClock();
  const statekeeper = new MemoryStatekeeper({ clock });
  app = new DashboardApp({
    source: {
      ...{ address: "memory", grid: "default", pools: async () => [], pool: (pool) => statekeeper.pool(pool) },
      words: { reasons: () => [], explain: async () => Promise.reject(new Error("not asked for")) },
    },
    access: { openRole: "viewer", tokens: {}, place: { isLoopback: true, hosts: [] } },
    ...{ hidesValues: false, clock },
  });
});

async function stream(method: "GET" | "HEAD"): Promise<Response> {
  return await app.hono.request("/api/stream", { method, headers: { host: "localhost" } });
}

it("who asks for the headers of a stream alone is not a viewer", async () => {
  const { status, headers } = await stream("HEAD");
  expect([status, headers.get("content-type"), app.viewers]).toEqual([200, "text/event-stream", 0]);
});

it("no more than 100 streams are open, and one that ends makes room", async () => {
  const first = await stream("GET");
  for (let count = 1; count < 100; count += 1) await stream("GET");
  expect((await stream("GET")).status).toBe(503);
  expect(app.viewers).toBe(100);
  await first.body?.cancel();
  expect((await stream("GET")).status).toBe(200);
});
