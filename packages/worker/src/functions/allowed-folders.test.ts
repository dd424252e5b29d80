import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Worker as Thread } from "node:worker_threads";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { AllowedFolders } from "./allowed-folders.ts";

const place = realpathSync(mkdtempSync(join(tmpdir(), "callgrid-folders-")));
afterAll(() => rmSync(place, { recursive: true }));

let data: string;
let outside: string;
let secret: string;
let tests = 0;
beforeEach(() => {
  const own = join(place, `test-${++tests}`);
  data = join(own, "data");
  outside = join(own, "data-of-others");
  secret = join(outside, "secret");
  for (const folder of [own, data, outside]) mkdirSync(folder);
  writeFileSync(join(data, "numbers"), "123");
  writeFileSync(secret, "hunter2");
});

const folders = (): AllowedFolders => new AllowedFolders([data], "--data-folder");
const refused = expect.objectContaining({ code: "FILE_NOT_ALLOWED" }) as Error;

function read(path: string): string {
  const file = folders().openToRead(path);
  try {
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

describe("a file is read", () => {
  it("below an allowed folder, also through links that stay there and by a relative path", () => {
    symlinkSync(data, join(outside, "way-in"));
    const path = join(data, "numbers");
    for (const name of [path, relative(process.cwd(), path), join(outside, "way-in", "numbers")])
      expect(read(name)).toBe("123");
  });

  it("where the folder itself is named through a link", () => {
    symlinkSync(data, join(outside, "alias"));
    const file = new AllowedFolders([join(outside, "alias")], "--data-folder").openToRead(join(data, "numbers"));
    expect(fstatSync(file).size).toBe(3);
    closeSync(file);
  });
});

describe("a file outside", () => {
  const openingIf = (isKnown: boolean, path: string): string => {
    const file = folders().openToRead(path, () => isKnown);
    try {
      return readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  };

  it("is read where it is known", () => {
    expect(openingIf(true, secret)).toBe("hunter2");
  });

  it("is refused where it is not known, in the words in which a missing one is refused", () => {
    const missing = join(outside, "none");
    const messages = [secret, missing].map((path) => {
      try {
        return openingIf(path === missing, path);
      } catch (error) {
        expect(error).toEqual(refused);
        return (error as Error).message.replace(path, "it");
      }
    });
    expect(messages[0]).toBe(messages[1]);
  });

  it("is refused where it is not a file, without being opened", () => {
    const pipe = join(outside, "pipe");
    execFileSync("mkfifo", [pipe]);
    const looked = vi.fn(() => true);
    for (const path of ["/dev/zero", outside, pipe])
      expect(() => folders().openToRead(path, looked)).toThrowError(refused);
    expect(looked).not.toHaveBeenCalled();
  });
});

describe("a file is refused", () => {
  const detours: ReadonlyArray<readonly [string, () => string]> = [
    ["by its own path", () => secret],
    ["by a path out of the folder and down again", () => `${data}/../data-of-others/secret`],
    ["by a link in the folder", () => linkTo(secret)],
    ["by a link to a folder", () => join(linkTo(outside), "secret")],
    ["by a link to a link", () => linkTo(linkTo(secret))],
    ["by the root of this process", () => `/proc/self/root${secret}`],
    ["by a link to the root of this process", () => join(linkTo("/proc/self/root"), secret)],
    ["by the working folder of this process", () => `/proc/self/cwd/${relative(process.cwd(), secret)}`],
    ["where it is a folder", () => data],
    ["where it is a device", () => linkTo("/dev/zero")],
    ["where it is this process's environment", () => "/proc/self/environ"],
  ];
  const linkTo = (target: string): string => {
    const path = join(data, `link-${Math.random()}`);
    symlinkSync(target, path);
    return path;
  };

  it.each(detours)("%s", (_, detour) => {
    const path = detour();
    expect(() => folders().openToRead(path)).toThrowError(refused);
  });

  it("where it is a pipe, without waiting for the pipe's other end", () => {
    const path = join(data, "pipe");
    execFileSync("mkfifo", [path]);
    expect(() => folders().openToRead(path)).toThrowError(refused);
    expect(() => folders().openToWrite(path)).toThrowError(refused);
  });

  it("in the same words whether or not it is there, so that nothing is learnt of it", () => {
    const messageOf = (path: string): string => {
      try {
        folders().refuseOutside(path);
        return "";
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    };
    const dangling = linkTo(join(outside, "none"));
    const [there, missing] = [secret, join(outside, "none")].map((path) => messageOf(path).replace(path, "it"));
    expect(there).toMatch(/^it is not a file that requests may use here: .*--data-folder/);
    expect(missing).toBe(there);
    expect(messageOf(dangling)).toContain("is not a file that requests may use");
    expect(messageOf(join(linkTo(outside), "none"))).toContain("is not a file that requests may use");
  });

  it("where no folder is allowed", () => {
    const none = new AllowedFolders([], "--data-folder");
    expect(() => none.openToRead(join(data, "numbers"))).toThrowError(/none is allowed/);
  });
});

it("a folder that turns into a link between two steps opens no file elsewhere", async () => {
  const inner = join(data, "inner");
  mkdirSync(inner);
  writeFileSync(join(inner, "secret"), "harmless");
  const swapping = new Thread(swapForEver, { eval: true, workerData: { inner, outside } });
  await once(swapping, "message");
  const seen = new Set<string>();
  for (let attempt = 0; attempt < 6_000; attempt += 1) {
    try {
      seen.add(read(join(inner, "secret")));
    } catch (error) {
      seen.add((error as { code: string }).code);
    }
  }
  await swapping.terminate();
  expect(seen).toContain("harmless");
  expect(seen).toContain("FILE_NOT_ALLOWED");
  expect(seen).not.toContain("hunter2");
});

// where the system shows which folder is open, as Linux does
it.runIf(existsSync("/proc/self/fd"))(
  "a folder that turns into a link between two steps has no file made elsewhere",
  async () => {
    const inner = join(data, "inner");
    mkdirSync(inner);
    const swapping = new Thread(swapForEver, { eval: true, workerData: { inner, outside } });
    await once(swapping, "message");
    for (let attempt = 0; attempt < 3_000; attempt += 1) {
      try {
        closeSync(folders().openToWrite(join(inner, "new")));
      } catch {
        // refused, or the folder is away
      }
    }
    await swapping.terminate();
    expect(existsSync(join(outside, "new"))).toBe(false);
  },
);

const swapForEver = `
  const { renameSync, symlinkSync, unlinkSync } = require("node:fs");
  const { parentPort, workerData: { inner, outside } } = require("node:worker_threads");
  parentPort.postMessage("begins");
  for (;;) {
    renameSync(inner, inner + "-away");
    symlinkSync(outside, inner);
    unlinkSync(inner);
    renameSync(inner + "-away", inner);
  }`;

it("one that is missing below an allowed folder is reported as missing", () => {
  expect(() => folders().openToRead(join(data, "none"))).toThrowError(expect.objectContaining({ code: "ENOENT" }));
});

describe("a file is written", () => {
  it("from its start, and a new one is its user's alone", () => {
    const path = join(data, "values.csv");
    for (const text of ["a long text", "short"]) {
      const file = folders().openToWrite(path);
      writeFileSync(file, text);
      closeSync(file);
    }
    expect(readFileSync(path, "utf8")).toBe("short");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("nowhere else: the file there keeps its content, and none is made", () => {
    symlinkSync(secret, join(data, "link"));
    symlinkSync(join(outside, "new"), join(data, "dangling"));
    symlinkSync(outside, join(data, "folder"));
    const wanted = [secret, join(outside, "new"), join(data, "link"), join(data, "dangling"), join(data, "folder/new")];
    for (const path of wanted) expect(() => folders().openToWrite(path)).toThrowError(refused);
    expect(readFileSync(secret, "utf8")).toBe("hunter2");
    expect(existsSync(join(outside, "new"))).toBe(false);
  });
});

it("a folder that is missing, or a file, is not an allowed folder", () => {
  for (const path of [join(place, "none"), secret])
    expect(() => new AllowedFolders([path], "--data-folder")).toThrowError(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(path) as unknown }),
    );
});
