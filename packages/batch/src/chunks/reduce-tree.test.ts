import { expect, it } from "vitest";
import { ReduceTree } from "./reduce-tree.ts";

const join = async (values: readonly unknown[]): Promise<unknown> => values.join("");

it.each([0, 1, 2, 15, 16, 17, 255, 256, 257, 5_000])("%d values are reduced in order", async (count) => {
  const tree = new ReduceTree(join);
  const texts = Array.from({ length: count }, (_, i) => `${i},`);
  for (const text of texts) await tree.add(text);
  expect(await tree.result()).toBe(texts.join(""));
});

it("no reduction takes more than a few values, and depth grows with the logarithm", async () => {
  let longest = 0;
  let calls = 0;
  const tree = new ReduceTree(async (values) => {
    longest = Math.max(longest, values.length);
    calls += 1;
    return (values as number[]).reduce((total, value) => total + value, 0);
  });
  for (let i = 0; i < 10_000; i += 1) await tree.add(1);
  expect(await tree.result()).toBe(10_000);
  expect(longest).toBeLessThanOrEqual(31);
  expect(calls).toBeLessThan(10_000 / 15 + 5);
});

it("holds values back while too many reductions are under way", async () => {
  const open: Array<() => void> = [];
  const tree = new ReduceTree((values) => new Promise((resolve) => open.push(() => resolve(values.length))));
  let added = 0;
  const adding = (async () => {
    for (; added < 16 * 200; added += 1) await tree.add(1);
  })();
  while (open.length < 50) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(added).toBeLessThan(16 * 70);
  const releasing = setInterval(() => {
    for (const release of open.splice(0)) release();
  }, 1);
  await adding;
  expect(await tree.result()).toBeTypeOf("number");
  clearInterval(releasing);
});

it("fails with what a reduction fails with", async () => {
  const tree = new ReduceTree(async () => {
    throw new Error("no");
  });
  await tree.add(1);
  await tree.add(2);
  await expect(tree.result()).rejects.toThrow("no");
});
