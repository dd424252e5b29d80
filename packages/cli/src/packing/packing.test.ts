import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Script } from "node:vm";
import { afterAll, expect, test } from "vitest";
import { bundleSweep } from "./sweep-bundle.ts";
import { writeExecutable } from "./sweep-executable.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-packing-"));
afterAll(() => rmSync(folder, { recursive: true }));

const library = new URL("../../../callgrid/bundle/", import.meta.url);
const inFolder = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test("a module that imports what is missing is not packed, and its line is reported", async () => {
  const module = inFolder("wrong.ts", '// first\nimport { rate } from "./none.ts";\nconsole.log(rate);\n');
  await expect(bundleSweep({ module, library })).rejects.toThrow(/wrong\.ts:2: Could not resolve "\.\/none\.ts"$/);
});

test("a packed module sees the URL that it has next to the executable, and the whole is a script, without imports", async () => {
  const module = inFolder("sweep.ts", "export const url: string = import.meta.url;\nconsole.log(await url);\n");
  const code = await bundleSweep({ module, library });
  expect(code).toContain('new URL("sweep.ts", callgridUrl).href');
  expect(() => new Script(code)).not.toThrow();
});

test("what is not an executable of Node cannot be packed into", async () => {
  const parts = { code: "", files: new Map<string, string>(), signal: new AbortController().signal };
  const output = join(folder, "output");
  const none = writeExecutable(output, { ...parts, node: join(folder, "none") });
  await expect(none).rejects.toThrow(/^--node .*none cannot be read: ENOENT/);
  const text = writeExecutable(output, { ...parts, node: inFolder("text", "#!/bin/sh\n") });
  await expect(text).rejects.toThrow("is no Node that can be packed into: it lacks the mark NODE_SEA_FUSE_");
  const mark = `NODE_SEA_FUSE_${"0".repeat(32)}:0`;
  const foreign = writeExecutable(output, { ...parts, node: inFolder("foreign", mark) });
  await expect(foreign).rejects.toThrow(`does not run here, so it must be of this Node's version, ${process.version}`);
});
