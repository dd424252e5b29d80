/** `callgrid init`: what it refuses, and that what it writes runs with the package that users install. */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { shortOrFull } from "../harness/fault-length.ts";
import { runHere } from "../harness/own-command.ts";

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), "callgrid-init-"));
afterAll(() => rmSync(root, { recursive: true }));
const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

const shared = [".dockerignore", ".gitignore", "README.md", "compose.yaml", "package.json"];
const files = {
  typescript: [...shared, "app.ts", "functions.test.ts", "functions.ts", "tsconfig.json"].sort(),
  javascript: [...shared, "app.js", "functions.test.js", "functions.js"].sort(),
};

/** Workers and callers of a project are in a grid of their own. */
const environment = (folder: string) => ({ ...process.env, CALLGRID_GRID: `init-${basename(folder)}` });

/** Runs a script of the project. */
function script(folder: string, ...args: string[]) {
  return run("npm", ["run", "--silent", ...args], { cwd: folder, env: environment(folder) });
}

/** Starts the worker that the compose file has in a container. */
function startWorker(folder: string, url: string) {
  const { worker } = parse(readFileSync(join(folder, "compose.yaml"), "utf8")).services;
  const [command, ...args] = worker.command.split(" ");
  const env = { ...environment(folder), ...worker.environment, CALLGRID_URL: url };
  const started = run(join(folder, command), args, { cwd: folder, env });
  onTestFinished(() => void started.child.kill("SIGKILL"));
  return started;
}

/** A program of TypeScript takes twice as long to start; Redis is the same for it. */
const isOnRedis = (language: string) => language === "javascript" || shortOrFull(false, true);

describe("a new project", () => {
  // starts its programs as its reader does
  it.each(["typescript", "javascript"] as const)(
    "in %s runs as it is: app, test, and a worker on Redis",
    async (language) => {
      const folder = join(root, `in-${language}`);
      const init = await runHere(["init", folder, ...(language === "javascript" ? ["--javascript"] : [])]);
      expect(init.stderr).toBe(`Next:\n  cd ${folder}\n  npm install\n  npm start\n  npm test\n`);
      expect(init.stdout.trim().split("\n").sort()).toEqual(files[language].map((name) => join(folder, name)));
      symlinkSync(modules, join(folder, "node_modules"));

      const [app, tested] = await Promise.all([script(folder, "start"), script(folder, "test")]);
      expect(app.stdout).toBe("fib(70) = 190392490709135\n");
      expect(tested.stdout).toContain("pass 2");
      if (!isOnRedis(language)) return;
      const url = inject("redisUrl");
      const worker = startWorker(folder, url);
      const onRedis = await script(folder, "start", "--", "--url", url);
      expect(onRedis.stdout).toBe("fib(70) = 190392490709135\n");
      worker.child.kill("SIGTERM");
      await expect(worker).resolves.toBeDefined();
    },
  );

  it("has the name of its folder", async () => {
    const folder = join(root, "prices");
    await runHere(["init", folder]);
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name).toBe("prices");
  });

  it("is the same in JavaScript, without types", () => {
    const template = (path: string) =>
      readFileSync(new URL(`../../packages/cli/templates/${path}`, import.meta.url), "utf8");
    for (const name of ["functions.ts", "app.ts", "functions.test.ts", "compose.yaml"])
      expect(template(`javascript/${name.replace(/ts$/, "js")}`), name).toBe(
        template(`typescript/${name}`)
          .replace(": number): Promise<number>", ")")
          .replaceAll("functions.ts", "functions.js"),
      );
  });

  it("has types that are checked by its test", async () => {
    const folder = join(root, "types");
    await runHere(["init", folder]);
    symlinkSync(modules, join(folder, "node_modules"));
    writeFileSync(join(folder, "wrong.ts"), 'import { fib } from "./functions.ts";\nvoid fib("70");\n');
    await expect(script(folder, "test")).rejects.toMatchObject({ stdout: expect.stringContaining("TS2345") });
  });

  it("is written by npm create callgrid, too", async () => {
    const folder = join(root, "created");
    await run(join(modules, ".bin/create-callgrid"), [folder, "--javascript"]);
    expect(readdirSync(folder).sort()).toEqual(files.javascript);
  });
});

describe("callgrid init", () => {
  it("takes an empty folder, also one that is a repository", async () => {
    const folder = join(root, "repository");
    mkdirSync(join(folder, ".git"), { recursive: true });
    expect(await runHere(["init", folder])).toMatchObject({ exitCode: 0 });
    expect(readdirSync(folder)).toContain("app.ts");
  });

  it("lists what is in the way, and writes nothing", async () => {
    const folder = join(root, "used");
    mkdirSync(folder);
    for (const name of ["app.ts", "notes.txt"]) writeFileSync(join(folder, name), "mine");
    const { exitCode, stderr, stdout } = await runHere(["init", folder]);
    const listed = `${join(folder, "app.ts")}, ${join(folder, "notes.txt")} are there already; nothing was written`;
    expect([exitCode, stdout, stderr]).toEqual([2, "", `INVALID_OPTION: init: ${listed}\n`]);
    expect(readdirSync(folder)).toEqual(["app.ts", "notes.txt"]);
    expect(readFileSync(join(folder, "app.ts"), "utf8")).toBe("mine");
  });

  it("lists the first few of very many things in the way", async () => {
    const folder = join(root, "full");
    for (let at = 100; at < 125; at += 1) mkdirSync(join(folder, `${at}`), { recursive: true });
    const { stderr } = await runHere(["init", folder]);
    expect(stderr).toMatch(/119 and 5 more are there already; nothing was written\n$/);
  });

  it("names a file that is where the folder would be", async () => {
    const path = join(root, "file");
    writeFileSync(path, "");
    const { exitCode, stderr } = await runHere(["init", path]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`init: ${path} cannot be read: ENOTDIR`)]);
  });

  it("names a folder that cannot be written", async () => {
    // not even root makes folders there
    const { exitCode, stderr } = await runHere(["init", "/sys/prices"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("init: /sys/prices cannot be written: E")]);
  });

  it.each(["My Project", "Prices", ".hidden", "-x", "a@b", "naïve", "x".repeat(215)])(
    "refuses the name %j, which a package cannot have",
    async (name) => {
      const { exitCode, stderr } = await runHere(["init", join(root, name)]);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`init: invalid project name "${name}"`)]);
      expect(existsSync(join(root, name))).toBe(false);
    },
  );

  it.each(["callgrid", "tsx", "typescript", "node_modules"])(
    "refuses the name %s, which imports of the project would mean",
    async (name) => {
      const { exitCode, stderr } = await runHere(["init", join(root, name)]);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("a package of this name exists already")]);
    },
  );
});
