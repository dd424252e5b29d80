/** Files that jobs read, wherever the sweep runs: from its folder, or from the executable that it was packed into. */
import { readFileSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { packedFiles } from "@callgrid/core";

/**
 * Reads a file that belongs to a sweep, by its URL relative to the module. `callgrid sweep pack --asset FILE` puts it into the executable, where
 * this finds it; a file of that name beside the executable comes first.
 *
 * @throws What `readFileSync` throws, such as an error with the code `ENOENT`.
 * @example
 * ```ts
 * import { readAsset } from "callgrid";
 *
 * const prices = readAsset(new URL("./prices.csv", import.meta.url)).toString();
 * ```
 * @experimental
 */
export function readAsset(url: URL): Buffer {
  try {
    return readFileSync(url);
  } catch (cause) {
    const path = relative(dirname(process.execPath), fileURLToPath(url)).split(sep).join("/");
    const packed = packedFiles()?.read(path);
    if (packed === undefined) throw cause;
    return Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  }
}
