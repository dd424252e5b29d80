import { expect, test } from "vitest";
import { exactLog } from "./exact-log.ts";
import { Random } from "./random.ts";
import { stateOf, Xoshiro128 } from "./xoshiro.ts";

test("the generator draws the numbers of the reference implementation", () => {
  const generator = new Xoshiro128([1, 2, 3, 4]);
  const drawn = Array.from({ length: 10 }, () => generator.next());
  expect(drawn).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

test("the state of a seed is the beginning of its SHA-256", () => {
  // SHA-256 of "abc" is ba7816bf 8f01cfea 414140de 5dae2223 …
  expect(stateOf("abc")).toEqual([0xbf1678ba, 0xeacf018f, 0xde404141, 0x2322ae5d]);
});

test("equal seeds draw equal numbers, and other seeds others", () => {
  const draw = (seed: string): number[] => {
    const random = new Random(seed);
    return [random.uniform(), random.normal(), random.integer(1, 6), ...random.shuffle([1, 2, 3, 4, 5])];
  };
  expect(draw("a")).toEqual(draw("a"));
  expect(draw("a")).not.toEqual(draw("b"));
});

test("what is drawn of a seed never changes", () => {
  const random = new Random("callgrid");
  expect({
    uniform: [random.uniform(), random.uniform(-1, 1)],
    integer: [random.integer(1, 6), random.integer(0, Number.MAX_SAFE_INTEGER)],
    normal: [random.normal(), random.normal(), random.normal(10, 2)],
    shuffle: random.shuffle([0, 1, 2, 3, 4, 5, 6, 7]),
    choice: random.choice(["a", "b", "c"]),
  }).toMatchInlineSnapshot(`
    {
      "choice": "b",
      "integer": [
        1,
        3616902271800675,
      ],
      "normal": [
        0.4337177746870535,
        0.6534059938427098,
        9.399492876879817,
      ],
      "shuffle": [
        4,
        5,
        6,
        0,
        2,
        3,
        1,
        7,
      ],
      "uniform": [
        0.3199451767425815,
        0.8957151030336501,
      ],
    }
  `);
});

test("uniform numbers fill their range evenly", () => {
  const random = new Random("uniform");
  const counts = new Array<number>(20).fill(0);
  for (let draw = 0; draw < 20_000; draw += 1) {
    const place = Math.floor(random.uniform(-1, 1) * 10 + 10);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  // 43.8 is the 99.9 % bound of chi-square with 19 degrees of freedom
  expect(chiSquare(counts, 1_000)).toBeLessThan(43.8);
});

test("whole numbers reach both bounds and are equally likely", () => {
  const random = new Random("integer");
  const counts = new Array<number>(6).fill(0);
  for (let draw = 0; draw < 6_000; draw += 1) {
    const place = random.integer(1, 6) - 1;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  // 20.5 is the 99.9 % bound of chi-square with 5 degrees of freedom
  expect(chiSquare(counts, 1_000)).toBeLessThan(20.5);
});

test("normal numbers have their mean, deviation and tails", () => {
  const random = new Random("normal");
  const drawn = Array.from({ length: 20_000 }, () => random.normal(3, 2));
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
  expect(mean).toBeCloseTo(3, 1);
  expect(Math.sqrt(variance)).toBeCloseTo(2, 1);
  const beyondTwo = drawn.filter((value) => Math.abs(value - 3) > 4).length / drawn.length;
  expect(beyondTwo).toBeGreaterThan(0.04);
  expect(beyondTwo).toBeLessThan(0.051);
});

test("the logarithm agrees with the engine's to fifteen digits", () => {
  const random = new Random("logarithm");
  for (let draw = 0; draw < 1_000; draw += 1) {
    const value = random.uniform() * 10 ** random.integer(-12, 12);
    expect(Math.abs(exactLog(value) - Math.log(value))).toBeLessThanOrEqual(
      1e-15 * Math.max(1, Math.abs(Math.log(value))),
    );
  }
});

test("a shuffle holds the same members, and leaves the list as it was", () => {
  const list = [3, 1, 2, 2];
  expect(new Random("x").shuffle(list).sort()).toEqual([1, 2, 2, 3]);
  expect(list).toEqual([3, 1, 2, 2]);
});

test("bounds that are no whole numbers, and empty lists, are refused", () => {
  const random = new Random("x");
  expect(() => random.integer(0.5, 2)).toThrow("expected whole numbers min <= max, got 0.5 and 2");
  expect(() => random.integer(2, 1)).toThrow("expected whole numbers");
  expect(() => random.choice([])).toThrow("the list is empty");
});

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
