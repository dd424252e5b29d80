import { expect, it } from "vitest";
import { chunkLimitBytes, roughBytes } from "./size-estimate.ts";

it("counts texts, parts and bytes", () => {
  expect(roughBytes("four")).toBe(6);
  expect(roughBytes([1, [2, "x"]])).toBe(2 + 4 * 8 + 2 + 8 + 8 + 3);
  expect(roughBytes(new Uint8Array(10))).toBe(40);
});

it("ends soon past the limit of a chunk", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle, cycle);
  expect(roughBytes(cycle)).toBeGreaterThan(chunkLimitBytes);
  expect(roughBytes(new Array(1e6).fill(1))).toBeLessThan(chunkLimitBytes + 100);
});

it.each([
  [
    "a getter that throws",
    {
      get price() {
        throw new Error("no price");
      },
    },
  ],
  ["a revoked proxy", revokedProxy()],
  ["an array without a prototype", Object.setPrototypeOf([1], null) as unknown],
  ["what is deeper than any stack", deep(100_000)],
])("does not fail of %s", (_, value) => {
  expect(roughBytes([value])).toBeGreaterThan(0);
});

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
