import { once } from "node:events";
import { Worker as Thread } from "node:worker_threads";
import { requestId } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { type Hold, HoldBoard } from "./hold-board.ts";

const idOf = (number: number): string => requestId(`["f",${number}]`);

describe("a board of holds", () => {
  it("gives out the open requests, each once", () => {
    const board = new HoldBoard();
    const holds = [1, 2, 3].map((number) => board.list(idOf(number)));
    holds[0]?.open();
    holds[2]?.open();
    expect(board.hasOpen).toBe(true);
    expect(board.revoke()).toEqual([idOf(1), idOf(3)]);
    expect(board.revoke()).toEqual([]);
  });

  it("closes what is open or never was, and nothing that is revoked", () => {
    const board = new HoldBoard();
    const [revoked, open, held] = [1, 2, 3].map((number) => board.list(idOf(number))) as [Hold, Hold, Hold];
    revoked.open();
    board.revoke();
    open.open();
    expect([revoked.close(), open.close(), held.close()]).toEqual([false, true, true]);
    expect(board.hasOpen).toBe(false);
    expect(board.revoke()).toEqual([]);
  });

  it("knows all that is held until it ends", () => {
    const board = new HoldBoard();
    const holds = [1, 2].map((number) => board.list(idOf(number)));
    holds[0]?.end();
    expect(board.heldIds()).toEqual(new Set([idOf(2)]));
  });

  it("does not know all that is held while it has no room for some of it", () => {
    const board = new HoldBoard();
    const holds = Array.from({ length: 10_000 }, (_, number) => board.list(idOf(number)));
    expect(board.heldIds()).toBeUndefined();
    for (const hold of holds) hold.open();
    expect(holds.every((hold) => hold.close())).toBe(true);
    for (const hold of holds) hold.end();
    expect(board.heldIds()).toEqual(new Set());
    expect(board.hasOpen).toBe(false);
  });

  it("says of a claim's reply whether all of it is still the worker's", () => {
    const board = new HoldBoard();
    const first = board.beginClaim();
    expect(board.isClaiming).toBe(true);
    expect(board.endClaim(first)).toBe(true);
    const second = board.beginClaim();
    board.beginTakeback();
    expect(board.endClaim(second)).toBe(false);
    expect(board.isClaiming).toBe(false);
  });
});

it("a request that one thread starts while another takes it back is started or taken back, and never both", async () => {
  const board = new HoldBoard();
  const boardModule = new URL("../../dist/heartbeat/hold-board.js", import.meta.url).href;
  const revoking = `
    const { parentPort, workerData } = require("node:worker_threads");
    let isOver = false;
    parentPort.on("message", () => { isOver = true; });
    import(${JSON.stringify(boardModule)}).then(({ HoldBoard }) => {
      const board = new HoldBoard(workerData);
      const revoked = [];
      const loop = () => {
        revoked.push(...board.revoke());
        if (isOver) parentPort.close(parentPort.postMessage(revoked));
        else setImmediate(loop);
      };
      parentPort.postMessage("ready");
      loop();
    });`;
  const thread = new Thread(revoking, { eval: true, workerData: board.memory });
  await once(thread, "message");
  const started: string[] = [];
  for (let number = 0; number < 40_000; number += 4) {
    const some = [0, 1, 2, 3].map((more) => ({ id: idOf(number + more), hold: board.list(idOf(number + more)) }));
    for (const { hold } of some) hold.open();
    for (const { id, hold } of some) if (hold.close()) started.push(id);
    for (const { hold } of some) hold.end();
  }
  thread.postMessage("end");
  const [revoked] = (await once(thread, "message")) as [string[]];
  expect(revoked.length).toBeGreaterThan(0);
  expect(new Set([...started, ...revoked]).size).toBe(started.length + revoked.length);
  expect(started.length + revoked.length).toBe(40_000);
});

describe("a worker seems stuck", () => {
  it.each<[string, (board: HoldBoard) => void, boolean]>([
    ["not while it holds nothing and claims nothing", () => undefined, false],
    ["not with what has started, which others cannot have", (board) => board.list("a".repeat(22)), false],
    ["with something that has not started", (board) => board.list("a".repeat(22)).open(), true],
    ["with a claim whose reply it does not read", (board) => board.beginClaim(), true],
  ])("%s", (_, hold, expected) => {
    const board = new HoldBoard();
    hold(board);
    const { changes } = board;
    expect(board.seemsStuckSince(changes)).toBe(expected);
    board.noteTurn();
    expect(board.seemsStuckSince(changes)).toBe(false);
  });
});
