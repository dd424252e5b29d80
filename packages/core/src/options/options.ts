/**
 * Options in stages: declared once, given in part, resolved in whole. A mistake is refused at the start, under the option's name,
 * and nothing is corrected quietly.
 */
import { invalidOption } from "../errors/invalid-option.ts";
import { nearestNames } from "./nearest.ts";
import type { DeclaredOption, OptionDeclarations, OptionsGiven, OptionsResolved } from "./option-declaration.ts";
import { didYouMean, optionProblem, shown } from "./option-value.ts";

export {
  declareOptions,
  option,
} from "./declare-options.ts";
export type {
  BooleanOption,
  ChoiceOption,
  Choices,
  Declared,
  DeclaredOption,
  ListForm,
  ListOption,
  NumberOption,
  NumberRange,
  NumberUnit,
  OptionDeclaration,
  OptionDeclarations,
  OptionsGiven,
  OptionsResolved,
  OptionValue,
  Presence,
  StringForm,
  StringOption,
} from "./option-declaration.ts";
export { environmentOptions, parseOptionText } from "./option-text.ts";

/**
 * Checks what was given, fills in the defaults, and freezes the whole.
 *
 * @param given - any of the options; `undefined` for one of them, or for all, means the default.
 * @param where - what messages call the place, such as "startWorker".
 * @param others - further options of the place, which the caller checks; of one with a dot, such as `cache.ttlMs`, messages speak only.
 * @throws GridError `INVALID_OPTION` with `details.path` such as `startWorker.leaseMs`, for a value of the wrong type or out of
 *   range, for a required option that is missing, and for an unknown name, with the nearest known one.
 * @example
 * ```ts
 * resolveOptions(workerOptions, { slots: 2 }, "startWorker").leaseMs; // 10000
 * ```
 */
export function resolveOptions<Declarations extends OptionDeclarations>(
  declarations: Declarations,
  given: OptionsGiven<Declarations> | Readonly<Record<string, unknown>> | undefined,
  where: string,
  others: readonly string[] = [],
): OptionsResolved<Declarations> {
  const values = knownOptions([...Object.keys(declarations), ...others], given, where);
  const resolved = Object.entries(declarations).map(([name, declaration]) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return [name, resolveOption(declaration, value, `${where}.${name}`)] as const;
  });
  return Object.freeze(Object.fromEntries(resolved)) as OptionsResolved<Declarations>;
}

/** The options given, of which none is unknown; their values are for the caller to check. Throws as {@link resolveOptions}. */
export function knownOptions(
  known: readonly string[],
  given: unknown,
  where: string,
): Readonly<Record<string, unknown>> {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalidOption(where, `takes its options as an object, got ${shown(given)}`);
  for (const name of Object.keys(given)) {
    if (known.includes(name) && !name.includes(".")) continue;
    const [nearest] = nearestNames(name, known, 1);
    const hint = nearest === undefined ? `; the options are ${known.join(", ")}` : didYouMean(nearest);
    throw invalidOption(`${where}.${name}`, `is not an option${hint}`);
  }
  return given as Readonly<Record<string, unknown>>;
}

function resolveOption(declaration: DeclaredOption, value: unknown, path: string): unknown {
  if (value === undefined) {
    if (declaration.presence === "required") throw invalidOption(path, `must be given: ${declaration.description}`);
    return frozen(declaration.default);
  }
  const problem = optionProblem(declaration, value);
  if (problem !== undefined) throw invalidOption(path, problem);
  return frozen(value);
}

/** Lists are copied, so later changes of the caller's list have no effect here. */
function frozen(value: unknown): unknown {
  return Array.isArray(value) ? Object.freeze([...value]) : value;
}
