/** Calls the function of a definition. One with schemas gets what its `input` makes of the arguments, and its value is what `output` makes of it. */
import { type ErrorCode, GridError } from "../errors/errors.ts";
import { shown } from "../options/option-value.ts";
import { pathText } from "../values/value-path.ts";
import type { Definition } from "./define.ts";
import type { SchemaIssue, StandardSchema } from "./standard-schema.ts";

/** Of many, the first are reported. */
const mostIssues = 20;

/**
 * The value of the function, or what can be awaited for it. With a schema it is always a promise, since schemas may be asynchronous.
 *
 * @throws GridError `INVALID_INPUT`, `INVALID_OUTPUT`: the promise rejects with it.
 */
export function callDefinition(definition: Definition, args: readonly unknown[]): unknown {
  const { input, output } = definition;
  if (input === undefined && output === undefined) return definition.evaluate(...(args as never[]));
  return callWithSchemas(definition, args);
}

async function callWithSchemas(definition: Definition, args: readonly unknown[]): Promise<unknown> {
  const { name, input, output } = definition;
  const taken = input === undefined ? args : await validated(input, args, inputOf(name));
  if (!Array.isArray(taken)) {
    throw new GridError(
      "INVALID_INPUT",
      `the input schema of ${name} must return a list of arguments, got ${shown(taken)}`,
    );
  }
  const value: unknown = await definition.evaluate(...(taken as never[]));
  return output === undefined ? value : validated(output, value, outputOf(name));
}

interface Validated {
  readonly code: ErrorCode;
  /** What messages call the value. */
  readonly what: string;
  readonly root: string;
}

function inputOf(name: string): Validated {
  return { code: "INVALID_INPUT", what: `the arguments of ${name} do not fit its input schema`, root: "args" };
}

function outputOf(name: string): Validated {
  return { code: "INVALID_OUTPUT", what: `the value of ${name} does not fit its output schema`, root: "value" };
}

async function validated(schema: StandardSchema, value: unknown, { code, what, root }: Validated): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  const issues = result.issues
    .slice(0, mostIssues)
    .map((issue) => ({ path: issuePath(issue, root), message: issue.message }));
  const leftOut = result.issues.length - issues.length;
  const texts = issues.map(({ path, message }) => `${path}: ${message}`);
  if (leftOut > 0) texts.push(`and ${leftOut} more`);
  throw new GridError(code, `${what}: ${texts.join("; ")}`, { details: { issues } });
}

/** As in other messages: `args[0].price`. */
function issuePath({ path = [] }: SchemaIssue, root: string): string {
  const keys = path.map((step) => (typeof step === "object" ? step.key : step));
  return pathText(
    root,
    keys.map((key) => (typeof key === "number" ? key : String(key))),
  );
}
