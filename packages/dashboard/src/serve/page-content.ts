/** The page's files, which the build made. In the bundle of all packages this module is replaced by one that has their texts. */
import { readFileSync } from "node:fs";

const folder = new URL("../page/", import.meta.url);

export function pageContent(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}
