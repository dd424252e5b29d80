/** Whether a value is one that an option allows. Nothing is corrected here: 0.5 slots are refused, and not rounded. */
import { nearestNames } from "./nearest.ts";
import type { ChoiceOption, NumberOption, OptionDeclaration, StringOption } from "./option-declaration.ts";

/** What is wrong with a value, to follow its name in a message; undefined if nothing is. */
export function optionProblem(declaration: OptionDeclaration, value: unknown): string | undefined {
  switch (declaration.kind) {
    case "number":
      return numberProblem(declaration, value);
    case "string":
      return stringProblem(declaration, value);
    case "boolean":
      return typeof value === "boolean" ? undefined : `must be true or false, got ${shown(value)}`;
    case "choice":
      return choiceProblem(declaration, value);
    case "list":
      return listProblem(declaration, value);
  }
}

function numberProblem(declaration: NumberOption, value: unknown): string | undefined {
  const { min, max, unit } = declaration;
  const allowsFractions = declaration.fractions ?? unit === "ratio";
  // Written so that NaN fails it.
  const isInRange = typeof value === "number" && value >= min && value <= max;
  if (isInRange && (allowsFractions || Number.isInteger(value))) return undefined;
  const what = allowsFractions ? "a number" : "a whole number";
  return `must be ${what}${unit === "ms" || unit === "bytes" ? ` of ${unit}` : ""} from ${min} to ${max}, got ${shown(value)}`;
}

function stringProblem(
  { pattern, expects }: Pick<StringOption, "pattern" | "expects">,
  value: unknown,
): string | undefined {
  if (typeof value !== "string") return `must be text, got ${shown(value)}`;
  if (pattern === undefined || value.search(pattern) >= 0) return undefined;
  return `must be ${expects ?? `text that matches ${pattern}`}, got ${shown(value)}`;
}

function choiceProblem({ choices }: ChoiceOption, value: unknown): string | undefined {
  if (typeof value === "string" && choices.includes(value)) return undefined;
  const [nearest] = typeof value === "string" ? nearestNames(value, choices, 1) : [];
  return `must be one of ${choices.join(", ")}, got ${shown(value)}${didYouMean(nearest)}`;
}

function listProblem(declaration: Pick<StringOption, "pattern" | "expects">, value: unknown): string | undefined {
  if (!Array.isArray(value)) return `must be a list of texts, got ${shown(value)}`;
  for (const [index, member] of Array.from<unknown>(value).entries()) {
    const problem = stringProblem(declaration, member);
    if (problem !== undefined) return `[${index}] ${problem}`;
  }
  return undefined;
}

/** The end of a message about a name that is not known. */
export function didYouMean(nearest: string | undefined): string {
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}

const longestShown = 80;

/** A value in a message about it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, longestShown));
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return typeof value === "function" ? "a function" : String(value);
}
