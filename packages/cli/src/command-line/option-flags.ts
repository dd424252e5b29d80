/** Flags of commands, from the declarations of options: names, values, checks and help are those of the declaration. */
import {
  type DeclaredOption,
  environmentOptions,
  GridError,
  type OptionDeclarations,
  type OptionsResolved,
  parseOptionText,
  resolveOptions,
} from "@callgrid/core";
import { type Command, Option } from "commander";
import { durationText } from "../terminal/durations.ts";

/** Adds a flag for each option. */
export function addFlags(command: Command, declarations: OptionDeclarations): void {
  for (const declaration of Object.values(declarations)) command.addOption(flagOf(declaration));
}

/**
 * The options by flags, else by the environment, else by default.
 *
 * @throws GridError `INVALID_OPTION` for a required option that is missing, under the name of its flag.
 */
export function readFlags<Declarations extends OptionDeclarations>(
  declarations: Declarations,
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
): OptionsResolved<Declarations> {
  const given: Record<string, unknown> = { ...environmentOptions(declarations, env) };
  for (const declaration of Object.values(declarations)) {
    const value: unknown = command.getOptionValue(flagOf(declaration).attributeName());
    if (value !== undefined) given[declaration.name] = value;
    if (declaration.presence === "required" && given[declaration.name] === undefined) throw missing(declaration);
  }
  return resolveOptions(declarations, given, `callgrid ${command.name()}`);
}

function flagOf(declaration: DeclaredOption): Option {
  if (declaration.kind === "boolean") return new Option(declaration.flag, helpOf(declaration));
  const { short } = declaration;
  const names = short === undefined ? declaration.flag : `${short}, ${declaration.flag}`;
  const flag = new Option(`${names} <${placeholderOf(declaration)}>`, helpOf(declaration));
  return flag.argParser((text: string, previous: unknown) => {
    const value: unknown = parseOptionText(declaration, text, declaration.flag);
    // A list may be given in one piece or by several flags.
    return Array.isArray(value) && Array.isArray(previous) ? [...previous, ...value] : value;
  });
}

function placeholderOf(declaration: DeclaredOption): string {
  switch (declaration.kind) {
    case "choice":
      return declaration.choices.join("|");
    case "list":
      return "list";
    case "number":
      return { ms: "duration", bytes: "size", count: "count", ratio: "ratio" }[declaration.unit];
    default:
      return "text";
  }
}

function helpOf(declaration: DeclaredOption): string {
  const { description, presence, env } = declaration;
  const value = defaultText(declaration);
  const notes = [presence === "required" ? "required" : "", value === "" ? "" : `default: ${value}`, `env: ${env}`];
  return `${description} (${notes.filter((note) => note !== "").join(", ")})`;
}

function defaultText(declaration: DeclaredOption): string {
  const value = declaration.default;
  if (value === undefined || value === false) return "";
  if (declaration.kind === "number" && declaration.unit === "ms") return durationText(declaration.default ?? 0);
  return String(value);
}

function missing({ flag, env, description }: DeclaredOption): GridError {
  const message = `${flag} must be given: ${description} It can also come from ${env}`;
  return new GridError("INVALID_OPTION", message, { details: { path: flag } });
}
