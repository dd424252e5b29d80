/** Files of the grid's own code. */

/**
 * The file `name` next to the one with the URL `from`: a process or thread begins with it. Of a source file it is the compiled one in
 * `dist`, since Node on its own runs no TypeScript.
 */
export function entryFile(name: string, from: string): URL {
  const sources = from.lastIndexOf("/src/");
  const compiled = from.endsWith(".ts")
    ? `${from.slice(0, sources)}/dist/${from.slice(sources + "/src/".length)}`
    : from;
  return new URL(name, compiled);
}
