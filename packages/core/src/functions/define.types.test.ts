import * as v from "valibot";
import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { define } from "./define.ts";

describe("types of a function with schemas", () => {
  it("arguments and value are those of the schemas", () => {
    const double = define("double", { input: z.tuple([z.number()]), output: z.number() }, (x) => {
      expectTypeOf(x).toBeNumber();
      return 2 * x;
    });
    expectTypeOf(double).parameters.toEqualTypeOf<[number]>();
    expectTypeOf(double).returns.resolves.toBeNumber();
  });

  it("a caller gives what the schema takes, and the function gets what it makes of that", () => {
    const input = v.tuple([v.pipe(v.string(), v.transform(Number)), v.optional(v.boolean(), false)]);
    const count = define("count", { input }, (n, isSigned) => {
      expectTypeOf(n).toBeNumber();
      expectTypeOf(isSigned).toBeBoolean();
      return { n };
    });
    expectTypeOf(count).parameter(0).toBeString();
    expectTypeOf(count).parameter(1).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(count).returns.resolves.toEqualTypeOf<{ n: number }>();
  });

  it("an output schema alone leaves the arguments as they are declared", () => {
    const output = z.object({ at: z.string().transform((text) => text.length) });
    const place = define("place", { output }, async (id: string, index: number) => ({ at: `${id}${index}` }));
    expectTypeOf(place).parameters.toEqualTypeOf<[string, number]>();
    expectTypeOf(place).returns.resolves.toEqualTypeOf<{ at: number }>();
  });

  it("literals of an output schema need no annotation", () => {
    const kind = define("kind", { input: z.tuple([z.number()]), output: z.enum(["odd", "even"]) }, (n) =>
      n % 2 === 0 ? "even" : "odd",
    );
    expectTypeOf(kind).returns.resolves.toEqualTypeOf<"odd" | "even">();
  });

  it("a function that does not fit its schemas does not compile", () => {
    const [input, output] = [z.tuple([z.number()]), z.number()];
    // @ts-expect-error its value is a text
    define("text", { input, output }, (x) => String(x));
    // @ts-expect-error its value is a text
    define("text", { output }, (x: number) => String(x));
    // @ts-expect-error the schema gives it a number
    define("upper", { input }, (x: string) => x.toUpperCase());
    // @ts-expect-error arguments are a list
    define("single", { input: z.number() }, (x: number) => x);
  });
});
