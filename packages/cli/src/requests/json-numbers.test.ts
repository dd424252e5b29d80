import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../../../../test/harness/chance.ts";
import { changesInJavaScript, mayHaveChangingNumber } from "./json-numbers.ts";
import { readJson } from "./json-text.ts";

const zeroes = (count: number) => "0".repeat(count);

describe("a number in JSON", () => {
  it.each([
    "0",
    "-0",
    "0e999",
    "-0.0E-999",
    "1.0",
    "7",
    "-0.1",
    "0.30000000000000004",
    "3.14159265358979323846",
    "9007199254740991",
    "9007199254740992",
    "-9007199254740994",
    "9007199254740992.000",
    "18446744073709551616",
    "100000000000000000000",
    "1E5",
    "1e22",
    "1e23",
    "1.50e+300",
    "1e300",
    "1.8446744073709552e+19",
    "1.7976931348623157e308",
    "1.2345678901234567e-7",
    "5e-324",
    `1${zeroes(22)}`,
    `1${zeroes(30)}e-30`,
    `0.${zeroes(400)}1e401`,
  ])("is read as it is written: %s", (literal) => {
    expect(readJson(`[{"a": ${literal} }]`)).toEqual({ value: [{ a: Number(literal) }] });
  });

  it.each([
    ["9007199254740993", "9007199254740992"],
    ["-9007199254740993", "-9007199254740992"],
    ["9007199254740993.0", "9007199254740992"],
    ["9007199254740993e0", "9007199254740992"],
    ["9.007199254740993E+15", "9007199254740992"],
    ["9007199254740993000e-3", "9007199254740992"],
    ["90071992.54740993e8", "9007199254740992"],
    ["12345678901234567890", "12345678901234567168"],
    ["18446744073709552000", "18446744073709551616"],
    [`1${zeroes(23)}`, "99999999999999991611392"],
    ["1e400", "Infinity"],
    ["-1e400", "-Infinity"],
    ["1.8e308", "Infinity"],
    [`1${zeroes(309)}`, "Infinity"],
    [`1${zeroes(250)}e99`, "Infinity"],
    ["1e-400", "0"],
    [`0.${zeroes(400)}1`, "0"],
    [`0.${zeroes(250)}1e-99`, "0"],
  ])("is refused at its place where it would become another one: %s", (literal, becomes) => {
    const text = `{"b": ["1e400", ${literal}, 1e400]}`;
    const { fault } = readJson(text);
    expect(fault?.index).toBe(text.indexOf(literal, 15));
    expect(fault?.remedy).toContain(`it would become ${becomes}: write it as a string`);
  });

  it.each(['"9007199254740993"', '"a\\"9007199254740993"', '{"9007199254740993": "[1e400]"}'])(
    "is none within a string: %s",
    (text) => {
      expect(readJson(text).value).toEqual(JSON.parse(text));
    },
  );

  it("is found behind much text, and in what is written on one line without end", () => {
    expect(readJson(`["${"\\n".repeat(200_000)}",${"1,".repeat(10_000)}1e400]`).fault?.index).toBe(420_004);
    expect(readJson(`[1${zeroes(100_000)}1]`).fault?.index).toBe(1);
  });

  it("is accepted as JavaScript writes it, but for integers that it rounds", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(changesInJavaScript(value.toExponential())).toBe(false);
        if (!Number.isInteger(value)) expect(changesInJavaScript(String(value))).toBe(false);
      }),
    );
  });

  it("is accepted as an integer exactly where it stays the same", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
        expect(changesInJavaScript(String(value))).toBe(BigInt(Number(value)) !== value);
      }),
    );
  });

  it("is looked at wherever it might change", () => {
    const digits = fc.stringMatching(/^(?:0|[1-9]\d{0,25})$/);
    const fraction = fc.oneof(fc.constant(""), fc.stringMatching(/^\.0{0,400}\d{1,25}$/));
    const exponent = fc.oneof(fc.constant(""), fc.stringMatching(/^[eE][+-]?\d{1,3}$/));
    fc.assert(
      fc.property(fc.tuple(digits, fraction, exponent), (written) => {
        const literal = written.join("");
        if (changesInJavaScript(literal)) expect(mayHaveChangingNumber(`[${literal}]`), literal).toBe(true);
      }),
      { numRuns: propertyRuns(2_000) },
    );
  });
});
