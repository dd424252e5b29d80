/**
 * The one declaration of an option. Its type, its variable in the environment, its flag and its help all derive from it.
 */
import { GridError } from "./errors.ts";
import { optionProblem } from "./option-value.ts";

/** What is done when an option is not given: its default is taken, it is left undefined, or it is refused. */
export type Presence = "default" | "optional" | "required";

interface Declaration<Kind extends string, Value, P extends Presence> {
  readonly kind: Kind;
  /** One sentence for the help. */
  readonly description: string;
  readonly presence: P;
  /** Undefined unless `presence` is "default". */
  readonly default: Value | undefined;
  /** The name in the environment; derived by {@link declareOptions} if absent: `leaseMs` is `CALLGRID_LEASE_MS`. */
  readonly env?: string;
  /** The name on the command line; derived by {@link declareOptions} if absent: `leaseMs` is `--lease-ms`. */
  readonly flag?: string;
}

/** What a number counts. In text, "ms" takes durations such as `5s`, and "bytes" takes sizes such as `64kb`. */
export type NumberUnit = "ms" | "bytes" | "count" | "ratio";

interface NumberRange {
  readonly unit: NumberUnit;
  /** The least that is allowed. */
  readonly min: number;
  /** The most that is allowed. */
  readonly max: number;
  /** Whether fractions are allowed; default: only for a "ratio". */
  readonly fractions?: boolean;
}

interface StringForm {
  /** What a value has to match. */
  readonly pattern?: RegExp;
  /** The pattern in words, as in "must be …". */
  readonly expects?: string;
}

interface Choices<Choice extends string> {
  readonly choices: readonly Choice[];
}

/** An option that is a number. */
export interface NumberOption<P extends Presence = Presence> extends Declaration<"number", number, P>, NumberRange {}
/** An option that is a text. */
export interface StringOption<P extends Presence = Presence> extends Declaration<"string", string, P>, StringForm {}
/** An option that is on or off. */
export interface BooleanOption<P extends Presence = Presence> extends Declaration<"boolean", boolean, P> {}
/** An option that is one of some words. */
export interface ChoiceOption<P extends Presence = Presence, Choice extends string = string>
  extends Declaration<"choice", Choice, P>,
    Choices<Choice> {}
/** An option that is a list of texts, separated by commas where it is text. */
export interface ListOption<P extends Presence = Presence> extends Declaration<"list", readonly string[], P>, StringForm {}

/** An option of any kind; `kind` tells which. */
export type OptionDeclaration = NumberOption | StringOption | BooleanOption | ChoiceOption | ListOption;

/** A declared option: with its name and what derives from the name. */
export type DeclaredOption<Option extends OptionDeclaration = OptionDeclaration> = Option & {
  readonly name: string;
  readonly env: string;
  readonly flag: string;
};

/** Declared options by name. Iterate over it for flags and help. */
export type OptionDeclarations = Readonly<Record<string, DeclaredOption>>;

/** The value that an option has when it has one. */
export type OptionValue<Option extends OptionDeclaration> = Exclude<Option["default"], undefined>;

/** What a user may give: any of the options. `undefined` is as good as nothing. */
export type OptionsGiven<Declarations extends OptionDeclarations> = {
  readonly [Name in keyof Declarations]?: OptionValue<Declarations[Name]> | undefined;
};

/** What {@link resolveOptions} returns: all of the options, optional ones perhaps undefined. */
export type OptionsResolved<Declarations extends OptionDeclarations> = {
  readonly [Name in keyof Declarations]: Declarations[Name]["presence"] extends "optional"
    ? OptionValue<Declarations[Name]> | undefined
    : OptionValue<Declarations[Name]>;
};

interface Common {
  readonly description: string;
  readonly env?: string;
  readonly flag?: string;
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

function choiceOption<const C extends string>(spec: Common & Choices<C> & WithDefault<NoInfer<C>>): ChoiceOption<"default", C>;
function choiceOption<const C extends string>(spec: Common & Choices<C> & Optional): ChoiceOption<"optional", C>;
function choiceOption<const C extends string>(spec: Common & Choices<C> & Mandatory): ChoiceOption<"required", C>;
function choiceOption(spec: Common & Choices<string> & (WithDefault<string> | Optional | Mandatory)): ChoiceOption {
  return { kind: "choice", ...withPresence(spec) };
}

function listOption(spec: Common & StringForm & WithDefault<readonly string[]>): ListOption<"default">;
function listOption(spec: Common & StringForm & Optional): ListOption<"optional">;
function listOption(spec: Common & StringForm & Mandatory): ListOption<"required">;
function listOption(spec: Common & StringForm & (WithDefault<readonly string[]> | Optional | Mandatory)): ListOption {
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

/** Options by name, each with the names that derive from its own. */
export type Declared<Options extends Readonly<Record<string, OptionDeclaration>>> = {
  readonly [Name in keyof Options]: DeclaredOption<Options[Name]>;
};

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
  const declared = Object.entries(options).map(([name, declaration]) => [name, deriveNames(name, declaration)] as const);
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
