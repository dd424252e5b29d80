import { VirtualClock } from "@callgrid/core";
import { type Completion, MemoryStatekeeper } from "@callgrid/statekeeper";
import { expect, it, vi } from "vitest";
import { SelfTimes } from "../timing/run-times.ts";
import { Completer } from "./completer.ts";

const completion: Completion = { id: "a".padEnd(22, "_"), outcome: "=1", ttlMs: 1_000, stamp: "v1#0" };

function setStage() {
  const keeper = new MemoryStatekeeper({ clock: new VirtualClock() }).pool("pool");
  const onError = vi.fn();
  const completer = new Completer({ keeper, worker: "w1", selfTimes: new SelfTimes(), onOutdated: vi.fn(), onError });
  const isTold = async (): Promise<boolean> => {
    const [answer] = await keeper.check("c1", 0, [completion.id]);
    return answer?.kind === "outcome";
  };
  return { completer, isTold, onError };
}

it("an outcome waits for others for a few ms while the worker goes on, and no longer", async () => {
  const { completer, isTold } = setStage();
  completer.add(completion, 100);
  completer.flushIfDue(107);
  expect(await isTold()).toBe(false);
  completer.add({ ...completion, id: "b".padEnd(22, "_") }, 107);
  completer.flushIfDue(108);
  expect(await isTold()).toBe(true);
});

it("an outcome that comes after others were reported waits as long as they did", async () => {
  const { completer, isTold, onError } = setStage();
  completer.add({ ...completion, id: "b".padEnd(22, "_") }, 0);
  completer.flush();
  completer.add(completion, 50);
  completer.flushIfDue(57);
  expect(await isTold()).toBe(false);
  completer.flush();
  expect(await isTold()).toBe(true);
  expect(onError).not.toHaveBeenCalled();
});
