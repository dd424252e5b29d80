/** The templates of new files, as they are on disk. The published package has their texts in place of this module. */
import { readFileSync } from "node:fs";

const folder = new URL("../../templates/", import.meta.url);

/** The text of a template by its path in the folder: `typescript/app.ts`. */
export function templateFile(path: string): string {
  return readFileSync(new URL(path, folder), "utf8");
}
