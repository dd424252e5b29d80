import * as v from "valibot";
import { expect, it } from "vitest";
import { z } from "zod";
import { define } from "./define.ts";
import type { ArgumentsSchema, SchemaIssue, StandardSchema } from "./standard-schema.ts";

const zodPair = z.tuple([z.object({ price: z.number() }), z.string().optional()]);
const valibotPair = v.tuple([v.object({ price: v.number() }), v.optional(v.string())]);

/** As of a library that fails every value with these issues. */
function failing(issues: readonly SchemaIssue[]): StandardSchema {
  return { "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) } };
}

it.each<[string, StandardSchema<[{ price: number }, string?], [{ price: number }, string?]>]>([
  ["zod", zodPair as never],
  ["valibot", valibotPair as never],
])(
  "arguments that do not fit a schema of %s are refused with the path of each issue, and the function is not called",
  async (_, input) => {
    const calls: unknown[] = [];
    const f = define("f", { input }, (...args) => calls.push(args));
    await expect(f({ price: "5" } as never, 6 as never)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringMatching(
        /^the arguments of f do not fit its input schema: args\[0\]\.price: .*; args\[1\]: /,
      ) as string,
      details: { issues: [{ path: "args[0].price", message: expect.any(String) as string }, { path: "args[1]" }] },
    });
    expect(calls).toEqual([]);
    await f({ price: 5 }, "a");
    expect(calls).toEqual([[{ price: 5 }, "a"]]);
  },
);

it("a value that does not fit its schema is refused with the path of each issue", async () => {
  const output = z.object({ total: z.number().positive(), "of parts": z.array(z.number()) });
  const f = define("f", { output }, () => ({ total: -1, "of parts": ["2" as unknown as number] }));
  await expect(f()).rejects.toMatchObject({
    code: "INVALID_OUTPUT",
    details: { issues: [{ path: "value.total" }, { path: 'value["of parts"][0]' }] },
  });
});

it("the function gets what its schemas make of the arguments, and callers what they make of the value", async () => {
  const input = z.tuple([z.string().transform(Number), z.number().default(3)]);
  const f = define("f", { input, output: z.number().transform((n) => `${n}!`) }, (x, y) => x + y);
  expect(await f("4", undefined)).toBe("7!");
});

it("asynchronous schemas are waited for", async () => {
  const input = v.pipeAsync(
    v.tuple([v.number()]),
    v.checkAsync(async ([x]) => x > 0, "must be positive"),
  );
  const f = define("f", { input, output: z.number().transform(async (n) => n + 1) }, async (x) => 2 * x);
  expect(await f(3)).toBe(7);
  await expect(f(-3)).rejects.toMatchObject({ code: "INVALID_INPUT", details: { issues: [{ path: "args" }] } });
});

it("paths are read as Standard Schema allows: keys, symbols, and objects with a key", async () => {
  const output = failing([{ message: "no" }, { message: "no", path: [{ key: "a" }, Symbol("b"), 0, "c d"] }]);
  const f = define("f", { output }, () => 1);
  const paths = [{ path: "value" }, { path: 'value.a["Symbol(b)"][0]["c d"]' }];
  await expect(f()).rejects.toMatchObject({ details: { issues: paths } });
});

it("of many issues the first twenty are reported", async () => {
  const f = define("f", { output: failing(Array.from({ length: 30 }, () => ({ message: "no" }))) }, () => 1);
  const refused = await f().catch((error: unknown) => error);
  expect(refused).toMatchObject({ message: expect.stringMatching(/; and 10 more$/) as string });
  expect((refused as { details: { issues: unknown[] } }).details.issues).toHaveLength(20);
});

it("an input schema that returns no list is refused", async () => {
  const input = z.tuple([z.number()]).transform(([x]) => ({ x }));
  const f = define("f", { input: input as unknown as ArgumentsSchema }, () => 1);
  await expect(f(1)).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: "the input schema of f must return a list of arguments, got an object",
  });
});

it("functions that differ in their schemas alone have different versions", () => {
  const body = (x: number) => x;
  const versions = [z.number(), z.number().positive()].map(
    (output) => define("f", { output }, body).definition.version,
  );
  expect(new Set([...versions, define("f", body).definition.version]).size).toBe(3);
});
