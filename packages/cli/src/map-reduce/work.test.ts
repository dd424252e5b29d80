import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { expect, it, onTestFinished } from "vitest";
import { ConfigFile } from "./config-file.ts";
import { readWork } from "./work.ts";

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-work-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["data", "workers"]) mkdirSync(join(folder, name));
  write(folder, {
    "work.json": '{ "files": ["a.txt"] }',
    "data/a.txt": "1\n",
    "workers/mapper.mjs": 'import { k } from "./k.mjs"; export const start = () => k;',
    "workers/reducer.mjs": "export const start = ([a]) => a;",
    "workers/k.mjs": "export const k = 1;",
  });
  return folder;
}

function workFile(folder: string): Promise<ConfigFile> {
  return ConfigFile.read({ stdin: Readable.from([]) }, join(folder, "work.json"));
}

/** What a worker announces that starts now: a thread, since a process goes on with the modules that it has loaded. */
async function mapperVersion(folder: string): Promise<string> {
  const file = await workFile(folder);
  const text = `import(${JSON.stringify(import.meta.resolve("@callgrid/worker"))}).then(async ({ loadFunctions }) => {
    const options = { isOfProcess: false, codeVersion: undefined, log: { warn() {} } };
    const { versions } = await loadFunctions(${JSON.stringify(readWork(file).module)}, options);
    require("node:worker_threads").parentPort.postMessage(versions.get("mapper"));
  })`;
  const worker = new Worker(text, { eval: true });
  const [version] = (await once(worker, "message")) as [string];
  await worker.terminate();
  return version;
}

it.each([
  ['{ "files": ["a.txt"],\n"files": ["b.txt"] }', "work.json line 2: files is there twice"],
  ['{ "files": [],\n"map": { "a": 1,\n"b": {}, "\\u0061": 2 } }', "work.json line 3: a is there twice"],
])("a settings file with a key that is there twice is refused: %s", async (text, reason) => {
  const folder = workFolder();
  write(folder, { "work.json": text });
  await expect(workFile(folder)).rejects.toThrow(reason);
});

it("equal keys of two objects, and of texts, are no repeated ones", async () => {
  const folder = workFolder();
  write(folder, { "work.json": '{ "files": [{ "a": 1 }, { "a": "\\"a\\": 1, \\"a\\": 2" }], "a": 1 }' });
  expect((await workFile(folder)).get("a")).toBe(1);
});

it("a module that the mapper imports is part of the version of a run", async () => {
  const folder = workFolder();
  const before = await mapperVersion(folder);
  write(folder, { "workers/k.mjs": "export const k = 2;" });
  const after = await mapperVersion(folder);
  expect(after).not.toBe(before);
  // modules that changed after they were loaded would add a random part
  expect([before, after]).toEqual([expect.stringMatching(/^[\w-]{10}$/), expect.stringMatching(/^[\w-]{10}$/)]);
});

it("the module for the workers is TypeScript where it imports some, so that JavaScript needs no loader", async () => {
  const folder = workFolder();
  const moduleOf = async () => readWork(await workFile(folder)).module;
  expect(await moduleOf()).toMatch(/\.mjs$/);
  write(folder, { "workers/mapper.ts": "export const start = (): number => 1;" });
  expect(await moduleOf()).toMatch(/\.mts$/);
});
