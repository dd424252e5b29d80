/** What an option is: one declaration, from which its types, its variable in the environment, its flag and its help derive. */
/** What is done when an option is not given: its default is taken, it is left undefined, or it is refused. */
export type Presence = "default" | "optional" | "required";

interface Declaration<Kind extends string, Value, P extends Presence> {
  readonly kind: Kind;
  /** One sentence for the help. */
  readonly description: string;
  readonly presence: P;
  /** Undefined unless `presence` is "default". */
  readonly default: Value | undefined;
  /** The name in the environment; derived by `declareOptions` if absent: `leaseMs` is `CALLGRID_LEASE_MS`. */
  readonly env?: string;
  /** The name on the command line; derived by `declareOptions` if absent: `leaseMs` is `--lease-ms`. */
  readonly flag?: string;
  /** A shorter name besides it, such as `-o`. */
  readonly short?: string;
}

/** What a number counts. In text, "ms" takes durations such as `5s`, and "bytes" takes sizes such as `64kb`. */
export type NumberUnit = "ms" | "bytes" | "count" | "ratio";

/** What a number may be. */
export interface NumberRange {
  readonly unit: NumberUnit;
  /** The least that is allowed. */
  readonly min: number;
  /** The most that is allowed. */
  readonly max: number;
  /** Whether fractions are allowed; default: only for a "ratio". */
  readonly fractions?: boolean;
}

/** What a text may be. */
export interface StringForm {
  /** What a value has to match. */
  readonly pattern?: RegExp;
  /** The pattern in words, as in "must be …". */
  readonly expects?: string;
}

/** The words to choose from. */
export interface Choices<Choice extends string> {
  readonly choices: readonly Choice[];
}

/** What a list may be. */
export interface ListForm extends StringForm {
  /** Names of files and folders may have commas and blanks. */
  readonly holds?: "files";
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
export interface ListOption<P extends Presence = Presence>
  extends Declaration<"list", readonly string[], P>,
    ListForm {}

/** An option of any kind, named by `kind`. */
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

/** What `resolveOptions` returns: all of the options, optional ones perhaps undefined. */
export type OptionsResolved<Declarations extends OptionDeclarations> = {
  readonly [Name in keyof Declarations]: Declarations[Name]["presence"] extends "optional"
    ? OptionValue<Declarations[Name]> | undefined
    : OptionValue<Declarations[Name]>;
};

/** Options by name, each with the names that derive from its own. */
export type Declared<Options extends Readonly<Record<string, OptionDeclaration>>> = {
  readonly [Name in keyof Options]: DeclaredOption<Options[Name]>;
};
