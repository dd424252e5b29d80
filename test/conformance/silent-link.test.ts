/** Links that are dead without saying so, and processes that are too busy to listen: the one is told from the other. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { expect, inject, onTestFinished, test } from "vitest";

/** Passes everything on to the shared Redis, until it is muted: then the links of that time swallow what comes. */
class Passage {
  readonly links: Array<{ inner: Socket; outer: Socket }> = [];
  readonly #server = createServer((outer) => {
    const inner = connect(new URL(inject("redisUrl")).pathname);
    this.links.push({ inner, outer });
    outer.pipe(inner).pipe(outer);
    for (const socket of [inner, outer]) socket.on("error", () => undefined);
  });

  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    onTestFinished(() => {
      for (const { inner, outer } of this.links) {
        inner.destroy();
        outer.destroy();
      }
      this.#server.close();
    });
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  mute(): void {
    for (const { inner, outer } of this.links) {
      inner.unpipe(outer);
      outer.unpipe(inner);
      inner.resume();
      outer.resume();
    }
  }
}

async function open(url: string): Promise<Statekeeper> {
  const statekeeper = await openStatekeeper(url, { grid: crypto.randomUUID() });
  onTestFinished(() => statekeeper.close());
  return statekeeper;
}

test("a link that swallows everything is replaced, and what was asked over it is answered", async () => {
  const passage = new Passage();
  const statekeeper = await open(await passage.open());
  const pool = statekeeper.pool("pool");
  await pool.inspect();
  passage.mute();
  expect((await pool.inspect()).queued).toBe(0);
  expect(passage.links).toHaveLength(2);
});

test("a process that calculates for longer than that keeps its links, and gets what came meanwhile", async () => {
  const passage = new Passage();
  const statekeeper = await open(await passage.open());
  const pool = statekeeper.pool("pool");
  const join = {
    id: "w1",
    kind: "worker",
    leaseMs: 60_000,
    description: {},
    functions: new Map([["f", "1"]]),
  } as const;
  await pool.join(join);
  const told: string[] = [];
  const heard = new Promise<void>((resolve) => {
    pool.listen("w1", {
      onMessages: (messages) => {
        told.push(...messages.map(({ kind }) => kind));
        resolve();
      },
      onReconnect: () => told.push("reconnect"),
    });
  });
  await expect.poll(() => passage.links.length).toBe(2);
  const answer = pool.forget({ functionName: "f" });
  const until = performance.now() + 6_000;
  while (performance.now() < until);
  await answer;
  await heard;
  expect(told).toEqual(["functions"]);
  expect(passage.links).toHaveLength(2);
});
