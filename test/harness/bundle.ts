/** Bundles what was compiled since the last time: the commands of tests start from the bundle, as those of users do. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("../../scripts/bundle.mjs", import.meta.url));

export default async function bundle(): Promise<void> {
  await promisify(execFile)(process.execPath, [script]);
}
