/**
 * Loads the modules of this folder, and checks what their functions return and the line of an exception. The first argument is what the
 * refusal of compiled.ts has to say, where the runtime cannot load it; fields.ts is loaded with a warning there.
 */
import { equal, match, rejects } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { localGrid } from "callgrid";

const [refusal] = process.argv.slice(2);
const open = (functions) => localGrid({ functions, workers: 1 });

const grid = await open("functions.ts");
equal(await grid.enqueue("pool", ["add", 1, 2]), 3);
await rejects(grid.enqueue("pool", ["fail", { message: "no" }]), ({ tree }) => {
  match(JSON.stringify(tree), /functions\.ts:12:\d+/);
  return true;
});
await grid.close();

if (refusal !== undefined) {
  await rejects(open("compiled.ts"), { code: "INVALID_MODULE", message: new RegExp(refusal) });
} else {
  const compiled = await open("compiled.ts");
  equal(await compiled.enqueue("pool", ["twice", 1, 2]), 6);
  await compiled.close();
}

// Bun and Deno have rules of their own
if (process.versions.bun === undefined && process.versions.deno === undefined) {
  const command = ["../node_modules/callgrid/bundle/bin.js", "run", "--functions", "fields.ts", '["begun"]'];
  const { stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  equal(stdout, `${refusal === undefined}\n`);
  equal(/fields\.ts:13: .*assigned and not defined/.test(stderr), refusal !== undefined);
}
