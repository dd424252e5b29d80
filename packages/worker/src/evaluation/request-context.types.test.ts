import { define } from "@callgrid/core";
import { describe, expectTypeOf, it } from "vitest";
import { callReentrant, streamReentrant } from "./request-context.ts";

const divide = define("divide", (x: number, y: number) => x / y);
const shout = define("shout", { version: "2", cache: false }, async (text: string, times?: number) =>
  text.toUpperCase().repeat(times ?? 1),
);

// Nothing here is run: it compiles, or does not.
const never = (): boolean => false;

describe("types of define", () => {
  it("a reference is still the function that it was made of", () => {
    if (never()) {
      expectTypeOf(divide(1, 2)).toEqualTypeOf<number>();
      expectTypeOf(shout("x")).resolves.toEqualTypeOf<string>();
      expectTypeOf<Parameters<typeof divide>>().toEqualTypeOf<[x: number, y: number]>();
      expectTypeOf(divide.functionName).toEqualTypeOf<string>();
      // @ts-expect-error a string is not a number
      divide(1, "2");
    }
  });

  it("a function has a name, options that exist, and a body", () => {
    if (never()) {
      // @ts-expect-error no function
      define("name", {});
      // @ts-expect-error no name
      define((x: number) => x);
      // @ts-expect-error no such option
      define("name", { ttl: 5 }, (x: number) => x);
      // @ts-expect-error a version is text
      define("name", { version: 2 }, (x: number) => x);
      // @ts-expect-error results are kept by default, so there is no `true`
      define("name", { cache: true }, (x: number) => x);
    }
  });
});

describe("types of callReentrant", () => {
  it("a list of references and names gives a tuple of their values", () => {
    if (never()) {
      expectTypeOf(
        callReentrant([
          [divide, 1, 2],
          ["name", "x"],
        ]),
      ).resolves.toEqualTypeOf<[number, unknown]>();
      expectTypeOf(
        callReentrant([
          [shout, "x"],
          [divide, 1, 2],
          [shout, "x", 2],
        ]),
      ).resolves.toEqualTypeOf<[string, number, string]>();
      expectTypeOf(callReentrant([])).resolves.toEqualTypeOf<[]>();
    }
  });

  it("what is taken from the tuple is typed by its place", () => {
    if (never()) {
      void (async () => {
        const [quotient, anything] = await callReentrant([
          [divide, 1, 2],
          ["name", "x"],
        ]);
        expectTypeOf(quotient).toEqualTypeOf<number>();
        expectTypeOf(anything).toEqualTypeOf<unknown>();
        const two = await callReentrant([
          [divide, 1, 2],
          ["name", "x"],
        ]);
        // @ts-expect-error there are two
        void two[2];
      })();
    }
  });

  it("a mapped list gives an array", () => {
    if (never()) {
      expectTypeOf(callReentrant([1, 2].map((x) => [divide, x, 2] as const))).resolves.toEqualTypeOf<number[]>();
      expectTypeOf(callReentrant([1, 2].map((x) => ["name", x] as const))).resolves.toEqualTypeOf<unknown[]>();
    }
  });

  it("arguments fit their reference, in any place", () => {
    if (never()) {
      // @ts-expect-error a string is not a number
      void callReentrant([[divide, 1, "2"]]);
      // @ts-expect-error an argument too few
      void callReentrant([[divide, 1]]);
      // @ts-expect-error an argument too many
      void callReentrant([[divide, 1, 2, 3]]);
      // @ts-expect-error a string is not a number, in the second request
      void callReentrant([[divide, 1, 2], [divide, 1, "2"]]); // biome-ignore format: one line, so that the error is on it
      // @ts-expect-error a function that was not defined
      void callReentrant([[(x: number) => x, 1]]);
      // @ts-expect-error a request where a list of requests is due
      void callReentrant([divide, 1, 2]);
    }
  });
});

describe("types of streamReentrant", () => {
  it("an outcome holds the value of any of the references", () => {
    if (never()) {
      void (async () => {
        for await (const { index, outcome } of streamReentrant([
          [divide, 1, 2],
          [shout, "x"],
        ])) {
          expectTypeOf(index).toEqualTypeOf<number>();
          if ("value" in outcome) expectTypeOf(outcome.value).toEqualTypeOf<number | string>();
          else expectTypeOf(outcome.error.message).toEqualTypeOf<string>();
        }
        const typed = [1, 2].map((x) => [divide, x, 2] as const);
        for await (const { outcome } of streamReentrant(typed)) {
          if ("value" in outcome) expectTypeOf(outcome.value).toEqualTypeOf<number>();
        }
        for await (const { outcome } of streamReentrant([["name", 1]])) {
          if ("value" in outcome) expectTypeOf(outcome.value).toEqualTypeOf<unknown>();
        }
      })();
    }
  });

  it("arguments fit their reference", () => {
    if (never()) {
      // @ts-expect-error a number is not a string
      streamReentrant([[shout, 1]]);
      // @ts-expect-error an argument too few
      streamReentrant([[divide, 1]]);
    }
  });
});
