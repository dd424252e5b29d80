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
