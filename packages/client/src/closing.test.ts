import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { describe, expect, it, vi } from "vitest";
import { setClientStage } from "../../../test/harness/client-stage.ts";
import { GridClient } from "./grid-client.ts";
import { resolveClientOptions } from "./options/client-options.ts";

const closed = { code: "GRID_CLOSED", message: expect.stringMatching(/the grid (is|was) closed/) };

describe("close", () => {
  it("rejects all that waits, withdraws it, and leaves the pools", async () => {
    const { grid, statekeeper, settle } = setClientStage();
    const single = grid.enqueue("pool", ["double", 1]).catch((error: unknown) => error);
    const all = grid.enqueueAll("pool", [["double", 2]]).catch((error: unknown) => error);
    const step = grid
      .stream("pool", [["double", 3]])
      .next()
      .catch((error: unknown) => error);
    await settle();
    await grid.close();
    const closedInBetween = { code: "GRID_CLOSED", message: expect.stringContaining("is an await missing?") };
    expect(await Promise.all([single, all, step])).toEqual(Array(3).fill(expect.objectContaining(closedInBetween)));
    const dump = statekeeper.pool("pool").dump();
    expect(dump.requests).toEqual({});
    expect(dump.leases).toEqual({});
  });

  it("leaves no timer behind", async () => {
    const { grid, clock, settle } = setClientStage();
    grid.enqueue("pool", ["double", 1], { timeoutMs: 60_000 }).catch(() => undefined);
    await settle();
    await grid.close();
    expect(clock.pending).toBe(0);
  });

  it("refuses everything afterwards, and can be called again", async () => {
    const { grid, settle } = setClientStage();
    grid.enqueue("pool", ["double", 0]).catch(() => undefined);
    await settle();
    const notBegun = grid.stream("pool", [["double", 1]]);
    await Promise.all([grid.close(), grid.close()]);
    await grid.close();
    await expect(grid.enqueue("pool", ["double", 1])).rejects.toMatchObject(closed);
    await expect(grid.enqueueAll("pool", [["double", 1]])).rejects.toMatchObject(closed);
    await expect(grid.forget("pool", "double")).rejects.toMatchObject(closed);
    await expect(grid.status("pool")).rejects.toMatchObject(closed);
    await expect(notBegun.next()).rejects.toMatchObject(closed);
    expect(() => grid.stream("pool", [["double", 1]])).toThrow(expect.objectContaining(closed));
  });

  it("closes a statekeeper that was opened for it, and no other", async () => {
    const statekeeper = new MemoryStatekeeper();
    const settings = resolveClientOptions({}, {});
    await new GridClient({ statekeeper, settings }).close();
    expect(await statekeeper.ping()).toBe(0);
    await new GridClient({ statekeeper, settings, onClose: () => statekeeper.close() }).close();
    await expect(statekeeper.ping()).rejects.toMatchObject(closed);
  });

  it("does not wait forever for a statekeeper that does not answer", async () => {
    const clock = new VirtualClock();
    const statekeeper = new MemoryStatekeeper({ clock });
    const onClose = vi.fn(async () => undefined);
    const grid = new GridClient({ statekeeper, settings: resolveClientOptions({}, {}), clock, onClose });
    vi.spyOn(statekeeper.pool("pool"), "leave").mockReturnValue(new Promise(() => undefined));
    grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    const closing = grid.close();
    await clock.advance(1_000);
    await closing;
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("happens at the end of an await using block", async () => {
    const { statekeeper, clock } = setClientStage();
    let inner: GridClient;
    {
      await using grid = new GridClient({ statekeeper, clock });
      inner = grid;
    }
    await expect(inner.status("pool")).rejects.toMatchObject(closed);
  });
});
