/** Bundles the declarations of what users import, next to the bundled code. No library's types are needed with them. */
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const declarations = fileURLToPath(new URL("../packages/callgrid/dist/", import.meta.url));
const fromOthers = /^(?:im|ex)port\b.* from "([^".][^"]*)";/gm;

/** Resolves to the names of the files written, one for each entry and one for what they share. */
export async function bundleTypes(entries, target) {
  const bundler = await typeBundler(entries);
  const { output } = await bundler.write({ dir: target, chunkFileNames: "types-[hash].js" });
  await bundler.close();
  for (const { code } of output) refuseLibraries(code);
  return output.map(({ fileName }) => fileName);
}

/** Resolves to all declarations of one entry, as one text that imports no other file. */
export async function typesOf(entry) {
  const bundler = await typeBundler([entry]);
  const { output } = await bundler.generate();
  await bundler.close();
  return output[0].code;
}

function typeBundler(entries) {
  return rolldown({
    input: Object.fromEntries(entries.map((name) => [name, join(declarations, `${name}.d.ts`)])),
    external: (id) => !/^(?:[./\0]|@callgrid\/)/.test(id),
    checks: { pluginTimings: false },
    plugins: [dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false, resolve: [/^@callgrid\//] })],
  });
}

function refuseLibraries(code) {
  for (const [, name] of code.matchAll(fromOthers)) {
    if (!isBuiltin(name)) throw new Error(`the types that users import need those of ${name}`);
  }
}
