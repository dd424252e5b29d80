/** Files in one text, such as that of a flag: separated by commas, which names of files may have as well. */
import { existsSync } from "node:fs";

/** The braces of a pattern, such as `{a,b}.ts`, may have braces within. */
const commaOutsideBraces = /,(?![^{}]*(?:\{[^{}]*\}[^{}]*)*\})/;

/**
 * The files that a text names. A text that is the name of a file as a whole is that file, with its commas and blanks; elsewhere commas
 * separate, except those in the braces of a pattern, and blanks around names are left out.
 *
 * @example
 * ```ts
 * filesIn("a.txt, b.txt"); // ["a.txt", "b.txt"], and one file where there is one of that name
 * ```
 */
export function filesIn(text: string): string[] {
  if (existsSync(text)) return [text];
  if (text.trim() === "") return [];
  const parts = text.split(commaOutsideBraces);
  const files: string[] = [];
  while (parts.length > 0) {
    const names = parts.map((_, last) => parts.slice(0, last + 1).join(","));
    const count = names.findIndex((name) => existsSync(name) || existsSync(name.trim())) + 1;
    const name = parts.splice(0, Math.max(1, count)).join(",");
    files.push(existsSync(name) ? name : name.trim());
  }
  // an empty name would be the working folder
  return files.filter((name) => name !== "");
}
