/** The `ts` blocks of pages, as the compiler sees them: each page is a folder, and a block without a file's name is a module of its own. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fencesIn, pageText, root } from "./markdown.ts";
import { filesOf } from "./page-program.ts";

const configuration = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: { noEmit: true, composite: false, rootDir: ".", outDir: null, tsBuildInfoFile: null },
  include: ["**/*.ts"],
};

/** A folder in which the programs of pages are compiled together. */
export class CompiledPages {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(pages: readonly string[]): Promise<CompiledPages> {
    const folder = await mkdtemp(join(tmpdir(), "callgrid-pages-"));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(configuration));
    for (const page of pages) await writePage(join(folder, page.replaceAll("/", "-")), page);
    return new CompiledPages(folder);
  }

  /** What the compiler reports; empty if all is well. */
  problems(): Promise<string> {
    const compiler = join(root, "node_modules/.bin/tsc");
    return new Promise((resolve) => {
      execFile(compiler, ["-p", this.#folder], { cwd: this.#folder }, (_, stdout) => resolve(stdout));
    });
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}

async function writePage(folder: string, page: string): Promise<void> {
  await mkdir(folder);
  const named = filesOf(page).filter(([file]) => file.endsWith(".ts"));
  const known = new Set(named.map(([, text]) => text));
  const unnamed = fencesIn(pageText(page)).filter(({ info, text }) => info === "ts" && !known.has(text));
  const files = [...named, ...unnamed.map(({ text }, place) => [`block-${place}.ts`, text] as const)];
  for (const [file, text] of files) await writeFile(join(folder, file), text);
}
