import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Queue } from "./queue.ts";

const names = ["a", "b", "c", "d", "e", "f"] as const;
const name = fc.constantFrom(...names);
const kind = fc.constantFrom("k1", "k2");

/** What a queue is, as slowly as you please. */
class SlowQueue {
  ids: string[] = [];
  passed = new Map<string, string[]>();

  push(end: "head" | "tail", id: string): boolean {
    if (end === "head") this.passed.clear();
    if (this.ids.includes(id)) return false;
    this.ids = end === "head" ? [id, ...this.ids] : [...this.ids, id];
    return true;
  }

  delete(id: string): boolean {
    const wasThere = this.ids.includes(id);
    this.ids = this.ids.filter((other) => other !== id);
    for (const [kind, ids] of this.passed)
      this.passed.set(
        kind,
        ids.filter((other) => other !== id),
      );
    return wasThere;
  }

  pass(kind: string, id: string): void {
    if (this.ids.includes(id)) this.passed.set(kind, this.ids.slice(0, this.ids.indexOf(id) + 1));
  }

  notPassed(kind: string): string[] {
    return this.ids.filter((id) => this.passed.get(kind)?.includes(id) !== true);
  }
}

type Step = (queue: Queue, slow: SlowQueue) => void;

const step: fc.Arbitrary<Step> = fc.oneof(
  name.map(
    (id): Step =>
      (queue, slow) =>
        expect(queue.pushTail(id)).toBe(slow.push("tail", id)),
  ),
  name.map(
    (id): Step =>
      (queue, slow) =>
        expect(queue.pushHead(id)).toBe(slow.push("head", id)),
  ),
  name.map(
    (id): Step =>
      (queue, slow) =>
        expect(queue.delete(id)).toBe(slow.delete(id)),
  ),
  fc.tuple(kind, name).map(
    ([kind, id]): Step =>
      (queue, slow) => {
        queue.pass(kind, id, 0);
        slow.pass(kind, id);
      },
  ),
);

describe("a queue", () => {
  it("keeps its order, each id once, and goes on where those of a kind stopped, whatever comes and goes", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const queue = new Queue();
        const slow = new SlowQueue();
        for (const next of steps) {
          next(queue, slow);
          expect([...queue]).toEqual(slow.ids);
          expect([...queue.fromTail()]).toEqual(slow.ids.toReversed());
          for (const kind of ["k1", "k2"]) expect([...queue.notPassed(kind, 0)]).toEqual(slow.notPassed(kind));
          expect([queue.length, queue.has("a")]).toEqual([slow.ids.length, slow.ids.includes("a")]);
        }
      }),
    );
  });

  it("shows its first and its last ids, and keeps them", () => {
    const queue = new Queue();
    for (const id of names) queue.pushTail(id);
    expect([queue.first(2), queue.last(2), queue.first(0), queue.last(9)]).toEqual([
      ["a", "b"],
      ["e", "f"],
      [],
      [...names],
    ]);
    expect([...queue]).toEqual([...names]);
  });

  it("is looked at from its head again after a minute", () => {
    const queue = new Queue();
    for (const id of names) queue.pushTail(id);
    queue.pass("k1", "c", 0);
    queue.pass("k1", "e", 59_000);
    expect([...queue.notPassed("k1", 60_000)]).toEqual(["f"]);
    expect([...queue.notPassed("k1", 60_001)]).toEqual([...names]);
  });
});
