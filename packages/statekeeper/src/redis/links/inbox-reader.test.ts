import { Redis } from "ioredis";
import { beforeAll, expect, inject, it } from "vitest";
import type { Statekeeper } from "../../contract/pool-keeper.ts";
import { openStatekeeper } from "../open.ts";

let statekeeper: Statekeeper;
let redis: Redis;

beforeAll(async () => {
  statekeeper = await openStatekeeper(inject("redisUrl"), { grid: "inbox-reader" });
  redis = new Redis(inject("redisUrl"));
  return async () => {
    redis.disconnect();
    await statekeeper.close();
  };
});

it("reads other messages although more outcomes are there at every read than it takes", async () => {
  const lists = "callgrid:{inbox-reader:pool}";
  const outcomes = Array.from({ length: 3_000 }, () => `outcome ${"a".repeat(22)} 1#0 =1`);
  await redis.rpush(`${lists}:outcomes:c1`, ...outcomes);
  await redis.rpush(`${lists}:inbox:c1`, "functions");
  const reads = await new Promise<string[]>((resolve) => {
    const kinds: string[] = [];
    const listener = statekeeper.pool("pool").listen("c1", {
      onMessages: (messages) => {
        kinds.push(messages[0]?.kind ?? "none");
        if (kinds.length === 4) resolve(listener.close().then(() => kinds));
      },
      onReconnect: () => undefined,
    });
  });
  expect(reads).toEqual(["outcome", "functions", "outcome", "outcome"]);
});
