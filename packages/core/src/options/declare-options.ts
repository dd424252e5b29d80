/** Makes option declarations: `option.number(…)` and its like state an option, `declareOptions` gives it its names. */
import { GridError } from "../errors/errors.ts";
import type {
  BooleanOption,
  ChoiceOption,
  Choices,
  Declared,
  DeclaredOption,
  ListForm,
  ListOption,
  NumberOption,
  NumberRange,
  OptionDeclaration,
  Presence,
  StringForm,
  StringOption,
} from "./option-declaration.ts";
import { optionProblem } from "./option-value.ts";

interface Common {
  readonly description: string;
  readonly env?: string;
  readonly flag?: string;
  readonly short?: string;
}
interface WithDefault<Value> {
  readonly default: Value;
  readonly optional?: never;
}
interface Optional {
  readonly optional: true;
  readonly default?: never;
}
interface Mandatory {
  readonly default?: never;
  readonly optional?: never;
}

function numberOption(spec: Common & NumberRange & WithDefault<number>): NumberOption<"default">;
function numberOption(spec: Common & NumberRange & Optional): NumberOption<"optional">;
function numberOption(spec: Common & NumberRange & Mandatory): NumberOption<"required">;
function numberOption(spec: Common & NumberRange & (WithDefault<number> | Optional | Mandatory)): NumberOption {
  return { kind: "number", ...withPresence(spec) };
}

function stringOption(spec: Common & StringForm & WithDefault<string>): StringOption<"default">;
function stringOption(spec: Common & StringForm & Optional): StringOption<"optional">;
function stringOption(spec: Common & StringForm & Mandatory): StringOption<"required">;
function stringOption(spec: Common & StringForm & (WithDefault<string> | Optional | Mandatory)): StringOption {
  return { kind: "string", ...withPresence(spec) };
}

function booleanOption(spec: Common & WithDefault<boolean>): BooleanOption<"default">;
function booleanOption(spec: Common & Optional): BooleanOption<"optional">;
function booleanOption(spec: Common & Mandatory): BooleanOption<"required">;
function booleanOption(spec: Common & (WithDefault<boolean> | Optional | Mandatory)): BooleanOption {
  return { kind: "boolean", ...withPresence(spec) };
}

function choiceOption<const C extends string>(
  spec: Common & Choices<C> & WithDefault<NoInfer<C>>,
): ChoiceOption<"default", C>;
function choiceOption<const C extends string>(spec: Common & Choices<C> & Optional): ChoiceOption<"optional", C>;
function choiceOption<const C extends string>(spec: Common & Choices<C> & Mandatory): ChoiceOption<"required", C>;
function choiceOption(spec: Common & Choices<string> & (WithDefault<string> | Optional | Mandatory)): ChoiceOption {
  return { kind: "choice", ...withPresence(spec) };
}

function listOption(spec: Common & ListForm & WithDefault<readonly string[]>): ListOption<"default">;
function listOption(spec: Common & ListForm & Optional): ListOption<"optional">;
function listOption(spec: Common & ListForm & Mandatory): ListOption<"required">;
function listOption(spec: Common & ListForm & (WithDefault<readonly string[]> | Optional | Mandatory)): ListOption {
  return { kind: "list", ...withPresence(spec) };
}

/**
 * Makers of options. Each option has either a `default`, or `optional: true`, or neither, and then has to be given.
 *
 * @example
 * ```ts
 * option.number({ unit: "ms", default: 10_000, min: 100, max: 3_600_000, description: "How long a claim holds." });
 * ```
 */
export const option = {
  number: numberOption,
  string: stringOption,
  boolean: booleanOption,
  choice: choiceOption,
  list: listOption,
} as const;

/**
 * Declares options by name.
 *
 * @throws GridError `INVALID_OPTION` for a default out of range, and for two options of one variable or flag.
 * @example
 * ```ts
 * const workerOptions = declareOptions({
 *   slots: option.number({ unit: "count", default: 1, min: 1, max: 1_000, description: "How many requests run at once." }),
 * });
 * type WorkerOptions = OptionsGiven<typeof workerOptions>;
 * ```
 */
export function declareOptions<const Options extends Readonly<Record<string, OptionDeclaration>>>(
  options: Options,
): Declared<Options> {
  const declared = Object.entries(options).map(
    ([name, declaration]) => [name, deriveNames(name, declaration)] as const,
  );
  refuseSharedNames(declared.map(([, { env }]) => env));
  refuseSharedNames(declared.map(([, { flag }]) => flag));
  return Object.freeze(Object.fromEntries(declared)) as Declared<Options>;
}

function deriveNames(name: string, declaration: OptionDeclaration): DeclaredOption {
  const { default: value, env = environmentName(name), flag = flagName(name) } = declaration;
  const problem = value === undefined ? undefined : optionProblem(declaration, value);
  if (problem !== undefined) throw invalidDeclaration(`the default of ${name} ${problem}`);
  return Object.freeze({ ...declaration, name, env, flag });
}

function environmentName(name: string): string {
  return `CALLGRID_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, "-$&").toLowerCase()}`;
}

function refuseSharedNames(names: readonly string[]): void {
  const shared = names.find((name, index) => names.indexOf(name) !== index);
  if (shared !== undefined) throw invalidDeclaration(`two options are called ${shared}`);
}

function invalidDeclaration(message: string): GridError {
  return new GridError("INVALID_OPTION", `declareOptions: ${message}`);
}

type Given<Spec> = Omit<Spec, "optional" | "default">;

function withPresence<Value, Spec extends Common & (WithDefault<Value> | Optional | Mandatory)>(
  spec: Spec,
): Given<Spec> & { readonly presence: Presence; readonly default: Spec["default"] | undefined } {
  const { optional, default: value, ...rest } = spec;
  const presence = optional === true ? "optional" : value === undefined ? "required" : "default";
  return { ...rest, presence, default: value };
}
