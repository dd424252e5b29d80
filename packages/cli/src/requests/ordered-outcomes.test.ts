import type { StreamItem } from "@callgrid/client";
import { describe, expect, it } from "vitest";
import { OrderedOutcomes } from "./ordered-outcomes.ts";

async function* source(...requests: Array<string | Error>): AsyncGenerator<string> {
  for (const request of requests) {
    if (request instanceof Error) throw request;
    yield request;
  }
}

/** A stream of outcomes that finishes the requests in this order. */
async function* finish(requests: AsyncIterable<string>, order: readonly number[]): AsyncGenerator<StreamItem> {
  const open: string[] = [];
  for await (const request of requests) open.push(request);
  for (const index of order) yield { index, outcome: { value: open[index] } };
}

async function collect(items: AsyncIterable<StreamItem>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { outcome } of items) values.push("value" in outcome ? outcome.value : outcome.error);
  return values;
}

describe("outcomes", () => {
  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]]])(
    "come in the order of their requests when they are finished as %j",
    async (order) => {
      const ordered = new OrderedOutcomes<string>(10);
      const items = finish(ordered.admit(source("a", "b", "c")), order);
      expect(await collect(ordered.inOrder(items))).toEqual(["a", "b", "c"]);
    },
  );

  it("of requests before the one that is malformed are all given out before that is told", async () => {
    const ordered = new OrderedOutcomes<string>(10);
    const items = finish(ordered.admit(source("a", "b", new Error("line 3 is not JSON"))), [1, 0]);
    const values: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const { outcome } of ordered.inOrder(items)) values.push(outcome);
    };
    await expect(read()).rejects.toThrow("line 3 is not JSON");
    expect(values).toEqual([{ value: "a" }, { value: "b" }]);
  });
});

it("requests are passed on only while they are less than a window ahead of what was given out", async () => {
  const ordered = new OrderedOutcomes<string>(2);
  const admitted = ordered.admit(source("a", "b", "c"));
  await admitted.next();
  await admitted.next();
  let third: string | undefined;
  const waiting = admitted.next().then(({ value }) => {
    third = value ?? undefined;
  });
  async function* outcomes(): AsyncGenerator<StreamItem> {
    yield { index: 1, outcome: { value: "b" } };
    await new Promise((resolve) => setImmediate(resolve));
    expect(third).toBeUndefined();
    yield { index: 0, outcome: { value: "a" } };
  }
  expect(await collect(ordered.inOrder(outcomes()))).toEqual(["a", "b"]);
  await waiting;
  expect(third).toBe("c");
});
