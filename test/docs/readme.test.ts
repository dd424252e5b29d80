/** The first program of README.md, run as it stands there, prints what it says there. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { blocksIn, pageText, root } from "./markdown.ts";

const page = pageText("README.md");

/** The block that begins with `// <file>`. */
function fileIn(file: string): string {
  const block = blocksIn(page, "ts").find((text) => text.startsWith(`// ${file}\n`));
  if (block === undefined) throw new Error(`README.md has no ${file}`);
  return block;
}

it("the twenty lines run, and print what the page shows", async () => {
  const folder = await mkdtemp(join(tmpdir(), "callgrid-readme-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  for (const file of ["functions.ts", "app.ts"]) await writeFile(join(folder, file), fileIn(file));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "app.ts"], { cwd: folder });
  expect(stdout).toBe(blocksIn(page, "text")[0]);
});
