/** Puts a bundle and files into a copy of Node, as its single executable applications are made. */
import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { unwritable } from "@callgrid/batch";
import { GridError, invalidOption, messageOf } from "@callgrid/core";
import { templateFile } from "../files/template-file.ts";
import { postjectScript } from "./packing-tools.ts";

/** How the mark begins that Node looks for in itself at its start. Whole, it may be in an executable only once, and so not in this code. */
const fuseStart = "NODE_SEA_FUSE_";
const fuseCharacters = fuseStart.length + 32;
const executableMode = 0o755;
const run = promisify(execFile);

/** What goes into an executable. */
export interface ExecutableParts {
  /** The script of {@link bundleSweep}. */
  readonly code: string;
  /** Paths of files, by the name that they have inside. */
  readonly files: ReadonlyMap<string, string>;
  /** The Node to put them into; default: this one. */
  readonly node: string | undefined;
  readonly signal: AbortSignal;
}

/** Writes it. Throws `INVALID_OPTION` for a Node that cannot hold it, and `FILE_UNWRITABLE`. */
export async function writeExecutable(output: string, parts: ExecutableParts): Promise<void> {
  const { node = process.execPath, signal } = parts;
  const binary = readNode(node);
  const fuse = fuseIn(binary, node);
  const maker = await blobMaker(node, binary);
  const injector = postjectScript();
  const folder = mkdtempSync(join(tmpdir(), "callgrid-pack-"));
  const unfinished = `${output}.unfinished`;
  try {
    const blob = await makeBlob(folder, maker, parts);
    copyFileSync(node, unfinished);
    chmodSync(unfinished, executableMode);
    const flags = ["--sentinel-fuse", fuse, "--macho-segment-name", "NODE_SEA"];
    await run(process.execPath, [injector, unfinished, "NODE_SEA_BLOB", blob, ...flags], { signal });
    renameSync(unfinished, output);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw signal.aborted ? new GridError("CANCELLED", "interrupted", { cause }) : unwritable(output, cause);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function makeBlob(folder: string, maker: string, { code, files, signal }: ExecutableParts): Promise<string> {
  const inFolder = (name: string): string => join(folder, name);
  for (const name of ["main.cjs", "thread.js"]) writeFileSync(inFolder(name), templateFile(`packed/${name}`));
  writeFileSync(inFolder("code.js"), code);
  const own = { code: inFolder("code.js"), thread: inFolder("thread.js") };
  const assets = { ...own, ...Object.fromEntries([...files].map(asAsset)) };
  const output = inFolder("sweep.blob");
  const settings = { main: inFolder("main.cjs"), output, assets, disableExperimentalSEAWarning: true };
  writeFileSync(inFolder("sea.json"), JSON.stringify(settings));
  await run(maker, ["--experimental-sea-config", inFolder("sea.json")], { signal });
  return output;
}

function asAsset([name, path]: readonly [string, string]): [string, string] {
  return [`files/${name}`, path];
}

/** What writes the blob, whose form is that of one version of Node: the given one, or this one where that is for another system. */
async function blobMaker(node: string, binary: Buffer): Promise<string> {
  if (node === process.execPath) return node;
  const runsHere = await run(node, ["--version"]).then(
    () => true,
    () => false,
  );
  if (runsHere) return node;
  if (binary.includes(`node-${process.version}`)) return process.execPath;
  throw invalidOption("--node", `${node} does not run here, so it must be of this Node's version, ${process.version}`);
}

function fuseIn(binary: Buffer, node: string): string {
  const at = binary.indexOf(fuseStart);
  const mark = at === -1 ? "" : binary.toString("latin1", at, at + fuseCharacters);
  if (/^\w+_[0-9a-f]{32}$/.test(mark) && binary.indexOf(`${mark}:0`) !== -1) return mark;
  throw invalidOption("--node", `${node} is no Node that can be packed into: it lacks the mark ${fuseStart}…`);
}

function readNode(node: string): Buffer {
  try {
    return readFileSync(node);
  } catch (cause) {
    throw invalidOption("--node", `${node} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
