/** Where this package's own code is, so that stacks can be shown without it. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const coreFolder: string = dirname(fileURLToPath(import.meta.url));
