/** The modules in test/fixtures that other processes load, as `npm run build` compiles them. */
import { fileURLToPath } from "node:url";

const compiled = new URL("../fixtures/dist/test/fixtures/", import.meta.url);

/**
 * The path of a compiled module.
 *
 * @param name - its path in test/fixtures, without an ending: `cli/functions`.
 */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, compiled));
}
