/**
 * A page as a program: its `ts` and `js` blocks that begin with `// <file>` are files of one folder. A `text` block is what the `sh`
 * block before it prints there; a short output follows the command as `# prints <output>`. Blocks `text measured` hold figures, which
 * differ from run to run.
 */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fencesIn, pageText, root } from "./markdown.ts";

/** A command of a page with what it prints there. */
export interface ShownCommand {
  /** The whole `sh` block. */
  readonly block: string;
  readonly command: string;
  readonly output: string;
  readonly isMeasured: boolean;
}

/** The commands of a page whose output the page shows. */
export function shownCommands(page: string): ShownCommand[] {
  const fences = fencesIn(pageText(page)).filter(({ info }) => /^(sh|text)\b/.test(info));
  return fences.flatMap(({ info, text: block }, at) => {
    if (info !== "sh") return [];
    const inline = /^([\s\S]*?) +# prints (.*)\n$/.exec(block);
    if (inline !== null) return [{ block, command: inline[1] ?? "", output: `${inline[2]}\n`, isMeasured: false }];
    const next = fences[at + 1];
    if (!next?.info.startsWith("text")) return [];
    return [{ block, command: block, output: next.text, isMeasured: next.info === "text measured" }];
  });
}

/** What is left of an output when figures and the mode that a plan chose are left out: the first word of each line. */
export function shapeOf(output: string): string[] {
  return output.split("\n").map((line) => line.trim().split(" ")[0] ?? "");
}

/** The folder that a page's readers are in, as the page shows it in stacks. */
const shownFolder = "/home/me/demo";

/** A folder with a page's files, in which its commands run. */
export class PageFolder {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
  }

  /** Commands that reach for a Redis find that of the tests, in a grid of their own. */
  static async make(page: string, redisUrl: string): Promise<PageFolder> {
    const folder = await mkdtemp(join(tmpdir(), "callgrid-page-"));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    for (const [file, text] of filesOf(page)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    // npx would look for updates, and the Redis of the tests runs already
    await makeCommand(folder, "npx", 'exec "$@"');
    await makeCommand(folder, "redis-server", "exit 0");
    const path = [join(folder, "bin"), join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
    const grid = `page-${page.replace(/\W/g, "-")}`;
    return new PageFolder(folder, { ...process.env, PATH: path, CALLGRID_URL: redisUrl, CALLGRID_GRID: grid });
  }

  /** All that the command prints, without log lines of workers that it leaves behind; those end with it. */
  run(command: string): Promise<string> {
    const script = `exec 2>&1; trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n${command}`;
    return new Promise((resolve) => {
      execFile("bash", ["-c", script], { cwd: this.#folder, env: this.#env }, (_, stdout) => {
        // a Node that strips types itself has URLs in stacks, and a loader paths
        const withPaths = stdout.replaceAll(`file://${this.#folder}`, this.#folder);
        resolve(withPaths.replace(/^\{"level":.*\n/gm, "").replaceAll(this.#folder, shownFolder));
      });
    });
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}

/** The blocks of a page that begin with the name of a file. */
export function filesOf(page: string): Array<readonly [file: string, text: string]> {
  return fencesIn(pageText(page)).flatMap(({ info, text }) => {
    const file = /^(?:\/\/|#) ([\w./-]+\.(?:ts|js|txt|json|ndjson|csv))\n/.exec(text)?.[1];
    return file === undefined || info === "sh" ? [] : [[file, text] as const];
  });
}

async function makeCommand(folder: string, name: string, script: string): Promise<void> {
  const path = join(folder, "bin", name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
