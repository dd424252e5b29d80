/**
 * Options that come as text: from the environment and from flags. Durations and sizes may carry a unit there: `5s`, `64kb`.
 */
import { invalidOption } from "../errors/invalid-option.ts";
import { shortText } from "../text/short-text.ts";
import { filesIn } from "./file-list.ts";
import type {
  NumberUnit,
  OptionDeclaration,
  OptionDeclarations,
  OptionsGiven,
  OptionValue,
} from "./option-declaration.ts";
import { optionProblem } from "./option-value.ts";

const factors: Readonly<Record<NumberUnit, Readonly<Record<string, number>>>> = {
  ms: { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
  bytes: { b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824, kib: 1_024, mib: 1_048_576, gib: 1_073_741_824 },
  count: {},
  ratio: {},
};

const shownCharacters = 80;

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/**
 * Reads the text of an option and checks it as {@link resolveOptions} does.
 * Numbers: `500`; for "ms" also `500ms`, `5s`, `2m`, `1h`, `7d`; for "bytes" also `64kb` or `64KiB`, `16mb`, `1gb` (of 1024).
 * Booleans: true, yes, on, 1, and false, no, off, 0. Lists: separated by commas, none in empty text; for files see {@link filesIn}.
 *
 * @param where - what messages call the option: the flag or the variable.
 * @throws GridError `INVALID_OPTION` with `details.path`.
 * @example
 * ```ts
 * parseOptionText(option.number({ unit: "ms", min: 0, max: 60_000, default: 0, description: "" }), "5s", "--wait-ms"); // 5000
 * ```
 */
export function parseOptionText<Option extends OptionDeclaration>(
  declaration: Option,
  text: string,
  where: string,
): OptionValue<Option> {
  const value = readText(declaration, text);
  const problem =
    value === undefined
      ? `${textProblem(declaration)}, got ${JSON.stringify(shortText(text, shownCharacters))}`
      : optionProblem(declaration, value);
  if (problem !== undefined) throw invalidOption(where, `${problem}`);
  return value as OptionValue<Option>;
}

/**
 * The options that the environment gives. A variable that is set to nothing counts as not set.
 *
 * @param env - such as `process.env`.
 * @throws GridError `INVALID_OPTION` with the name of the variable in `details.path`.
 * @example
 * ```ts
 * environmentOptions(workerOptions, process.env); // { leaseMs: 5000 } with CALLGRID_LEASE_MS=5s
 * ```
 */
export function environmentOptions<Declarations extends OptionDeclarations>(
  declarations: Declarations,
  env: Readonly<Record<string, string | undefined>>,
): OptionsGiven<Declarations> {
  const given: Record<string, unknown> = {};
  for (const [name, declaration] of Object.entries(declarations)) {
    const text = env[declaration.env];
    if (text !== undefined && text !== "") given[name] = parseOptionText(declaration, text, declaration.env);
  }
  return given as OptionsGiven<Declarations>;
}

/** The value of a text; undefined if it has none of this kind. */
function readText(declaration: OptionDeclaration, text: string): unknown {
  switch (declaration.kind) {
    case "number":
      return readNumber(declaration.unit, text.trim());
    case "boolean":
      return own(booleans, text.trim().toLowerCase());
    case "list":
      return declaration.holds === "files" ? filesIn(text) : membersIn(text);
    default:
      return text;
  }
}

function membersIn(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((member) => member.trim());
}

/** The number that a text gives in this unit, such as 5000 for `5s` in ms; undefined if it gives none. */
export function readNumber(unit: NumberUnit, text: string): number | undefined {
  const [, digits, suffix] = /^([+-]?\d+(?:\.\d+)?(?:e\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = suffix === "" || suffix === undefined ? 1 : own(factors[unit], suffix.toLowerCase());
  return factor === undefined ? undefined : withoutNoise(Number(digits) * factor);
}

/** 1.1 s are 1100 ms, although 1.1 * 1000 is a little more in binary. */
function withoutNoise(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value - rounded) < 1e-6 ? rounded : value;
}

function textProblem(declaration: OptionDeclaration): string {
  if (declaration.kind !== "number") return "must be true or false";
  const suffixes = Object.keys(factors[declaration.unit]);
  return suffixes.length === 0 ? "must be a number" : `must be a number, perhaps followed by ${suffixes.join(", ")}`;
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
