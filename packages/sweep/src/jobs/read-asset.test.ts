import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { entryFile, type PackedFiles } from "@callgrid/core";
import { expect, onTestFinished, test } from "vitest";
import { readMachines } from "../files/machines-file.ts";
import { readRebalance } from "../files/rebalance-file.ts";
import { readAsset } from "./read-asset.ts";

/** As the first lines of a packed sweep do. */
function pack(files: Readonly<Record<string, string>>): void {
  const packed: PackedFiles = {
    moduleUrl: (name) => `data:text/javascript,export default "${name}";`,
    read: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
  };
  const holder = globalThis as Record<symbol, PackedFiles | undefined>;
  holder[Symbol.for("callgrid.packed-files")] = packed;
  onTestFinished(() => {
    delete holder[Symbol.for("callgrid.packed-files")];
  });
}

const beside = (path: string): URL => pathToFileURL(join(dirname(process.execPath), path));

test("an asset is read from its file, and in a packed sweep from the executable by its place next to that", () => {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-assets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "prices.csv"), "1,2");
  expect(readAsset(pathToFileURL(join(folder, "prices.csv"))).toString()).toBe("1,2");
  expect(() => readAsset(beside("callgrid/none.csv"))).toThrow("ENOENT");
  pack({ "callgrid/none.csv": "3,4" });
  expect(readAsset(beside("callgrid/none.csv")).toString()).toBe("3,4");
  expect(() => readAsset(beside("callgrid/other.csv"))).toThrow("ENOENT");
});

test("a packed sweep takes the files within where there are none next to it, and its threads begin with modules within", () => {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-assets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const machinesIn = () => readMachines(join(folder, "machines.json")).map(({ name }) => name);
  const machine = (name: string) => JSON.stringify({ [name]: { performance: 1, cores: 1 } });
  pack({ "machines.json": machine("within") });
  expect(machinesIn()).toEqual(["within"]);
  expect(readRebalance(join(folder, "rebalance.json"))).toBeUndefined();
  writeFileSync(join(folder, "machines.json"), machine("beside"));
  expect(machinesIn()).toEqual(["beside"]);
  expect(entryFile("./thread.js", "file:///app/sweep").href).toBe('data:text/javascript,export default "thread.js";');
});
