/** TypeScript's language service, asked as editors ask it: what hovering over a name shows, and what completes an expression. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";
import { root } from "./markdown.ts";

/** Where a text is asked about: line and column, both from 0. */
interface Position {
  readonly line: number;
  readonly character: number;
}

const configuration = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: { noEmit: true, composite: false, rootDir: ".", outDir: null, tsBuildInfoFile: null },
};
const textDocument = { hover: { contentFormat: ["markdown"] } };

/** A running service. Each list of questions is a file of its own, in a folder that imports callgrid as users do. */
export class LanguageService {
  readonly #folder: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #connection: MessageConnection;
  #files = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#process = spawn(join(root, "node_modules/.bin/tsc"), ["--lsp", "--stdio"], {
      cwd: folder,
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#connection = createMessageConnection(this.#process.stdout, this.#process.stdin);
  }

  static async start(): Promise<LanguageService> {
    const folder = await mkdtemp(join(tmpdir(), "callgrid-hover-"));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(configuration));
    const service = new LanguageService(folder);
    await service.#initialize();
    return service;
  }

  /** What an editor shows over the names at the places of a file that `‸` marks, without their signatures. */
  async hovers(marked: string): Promise<string[]> {
    const hovers = await this.#askAll<{ contents: { value: string } } | null>("textDocument/hover", marked);
    return hovers.map((hover) => (hover?.contents.value ?? "").replace(/^```[\s\S]*?^```/m, "").trim());
  }

  /** The names that an editor suggests at each of the places of a file that `‸` marks. */
  async completions(marked: string): Promise<string[][]> {
    const found = await this.#askAll<{ items: { label: string }[] }>("textDocument/completion", marked);
    return found.map(({ items }) => items.map(({ label }) => label.replace(/\?$/, "")));
  }

  async stop(): Promise<void> {
    this.#connection.dispose();
    const exit = once(this.#process, "exit");
    this.#process.kill();
    await exit;
    await rm(this.#folder, { recursive: true });
  }

  async #initialize(): Promise<void> {
    this.#connection.onRequest("client/registerCapability", () => null);
    this.#connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => null));
    this.#connection.listen();
    await this.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(this.#folder).href,
      capabilities: { textDocument },
    });
    await this.#connection.sendNotification("initialized", {});
  }

  /** Opens a file, and asks about each of its marks. */
  async #askAll<Answer>(method: string, marked: string): Promise<Answer[]> {
    this.#files += 1;
    const uri = pathToFileURL(join(this.#folder, `question-${this.#files}.ts`)).href;
    const text = marked.replaceAll("‸", "");
    await this.#connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "typescript", version: 1, text },
    });
    return Promise.all(
      positionsIn(marked).map((position) =>
        this.#connection.sendRequest<Answer>(method, { textDocument: { uri }, position }),
      ),
    );
  }
}

/** The places of the marks, as they are once the marks are left out. */
function positionsIn(marked: string): Position[] {
  const before = marked.split("‸").slice(0, -1);
  return before.map((_, mark) => {
    const lines = before
      .slice(0, mark + 1)
      .join("")
      .split("\n");
    return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  });
}
