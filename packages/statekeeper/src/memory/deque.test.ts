import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deque } from "./deque.ts";

type Step = readonly ["pushHead" | "pushTail", string] | readonly ["popHead" | "popTail"];

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom("pushHead" as const, "pushTail" as const), fc.string({ minLength: 1, maxLength: 2 })),
  fc.tuple(fc.constantFrom("popHead" as const, "popTail" as const)),
);

function runOnArray(items: string[], [name, item]: Step): string | undefined | number {
  if (name === "pushHead") return void items.unshift(item ?? "");
  if (name === "pushTail") return void items.push(item ?? "");
  return name === "popHead" ? items.shift() : items.pop();
}

function runOnDeque(deque: Deque<string>, [name, item]: Step): string | undefined {
  if (name === "pushHead") return void deque.pushHead(item ?? "");
  if (name === "pushTail") return void deque.pushTail(item ?? "");
  return name === "popHead" ? deque.popHead() : deque.popTail();
}

function filled(count: number): Deque<string> {
  const deque = new Deque<string>();
  for (let i = 0; i < count; i += 1) deque.pushTail(`${i}`);
  return deque;
}

describe("a deque", () => {
  it("does what an array does, whatever is pushed and popped at its ends", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const deque = new Deque<string>();
        const items: string[] = [];
        for (const next of steps) {
          expect(runOnDeque(deque, next)).toBe(runOnArray(items, next));
          expect(deque.length).toBe(items.length);
        }
        expect([...deque]).toEqual(items);
      }),
    );
  });

  it("is a queue from tail to head, through growing and shrinking", () => {
    const deque = filled(10_000);
    const popped = Array.from({ length: 10_000 }, () => deque.popHead());
    expect(popped).toEqual(Array.from({ length: 10_000 }, (_, i) => `${i}`));
    expect(deque.length).toBe(0);
  });

  it("is a stack at its tail, and at its head", () => {
    const deque = filled(3);
    deque.pushHead("head");
    expect([deque.popTail(), deque.popTail()]).toEqual(["2", "1"]);
    expect([deque.popHead(), deque.popHead()]).toEqual(["head", "0"]);
  });

  it("shows its first and its last items, and keeps them", () => {
    const deque = filled(20);
    deque.popHead();
    deque.pushTail("20");
    expect([deque.first(2), deque.last(2)]).toEqual([
      ["1", "2"],
      ["19", "20"],
    ]);
    expect(deque.first(100)).toEqual([...deque]);
    expect(deque.last(100)).toEqual([...deque]);
  });

  it("gives nothing when it is empty, and goes on to work", () => {
    const deque = new Deque<string>();
    expect([deque.popHead(), deque.popTail()]).toEqual([undefined, undefined]);
    deque.pushHead("a");
    expect(deque.popTail()).toBe("a");
  });
});
