/** The files of the scripts, as they are on disk. The published package has their texts in place of this module. */
import { readFileSync } from "node:fs";

const folder = new URL("../../../scripts/", import.meta.url);

/** The text of a file by its path in the folder: `claim.lua`, `lib/match.lua`. */
export function scriptFile(path: string): string {
  return readFileSync(new URL(path, folder), "utf8");
}
