/** Calls that go from pool to pool and back: real workers, bridges and clients, in memory and on virtual time. */
import { GridClient, resolveClientOptions } from "@callgrid/client";
import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { callReentrant, define, startDistributor, startWorker } from "callgrid";
import { expect, onTestFinished, test } from "vitest";

const version = "1";
const left = {
  toRight: define("toRight", { version }, async (n: number) => {
    const [value] = await callReentrant([["inRight", n]]);
    return `left, ${String(value)}`;
  }),
  ping: define("ping", { version }, async (n: number) => (await callReentrant([["pong", n]]))[0]),
};
const right = {
  inRight: define("inRight", { version }, (n: number) => `right ${n}`),
  between: define("between", { version }, async (n: number) => (await callReentrant([["ping", n]]))[0]),
  pong: define("pong", { version }, async (n: number) => (await callReentrant([["between", n]]))[0]),
};

/** Two pools under a root, each with a worker that lacks what the other one has. */
async function plant() {
  const clock = new VirtualClock();
  const statekeeper = new MemoryStatekeeper({ clock });
  const stops: Array<() => Promise<void>> = [];
  const until = async <Value>(promise: Promise<Value>): Promise<Value> => {
    let isSettled = false;
    promise.then(
      () => (isSettled = true),
      () => (isSettled = true),
    );
    while (!isSettled) await clock.advance(50);
    return promise;
  };
  for (const [pool, functions] of Object.entries({ left, right })) {
    const distributor = startDistributor({ pool, parent: "root", statekeeper, parentStatekeeper: statekeeper, clock });
    const worker = startWorker({ pool, statekeeper, functions, clock });
    stops.push((await until(distributor)).stop, (await until(worker)).stop);
  }
  await clock.advance(3_000);
  const client = new GridClient({ statekeeper, settings: resolveClientOptions({}, {}), clock });
  onTestFinished(async () => {
    await until(Promise.all([client.close(), ...stops.map((stop) => stop())]));
  });
  return { client, clock, until };
}

test("a function calls another one that only a sibling pool has", async () => {
  const { client, until } = await plant();
  expect(await until(client.enqueue("left", ["toRight", 1]))).toBe("left, right 1");
});

test("requests that wait for each other in two pools fail soon, and show the circle", async () => {
  const { client, clock, until } = await plant();
  const askedAtMs = clock.now();
  const error = await until(client.enqueue("left", ["ping", 1]).catch((reason: unknown) => reason));
  expect(String(error)).toContain("a request waits for itself");
  expect(clock.now() - askedAtMs).toBeLessThan(3_000);
});
