import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gunzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { textIn } from "../../../../test/harness/text-in.ts";
import { logStream, makeLog, withLog } from "./log.ts";

async function setUp(isTTY: boolean) {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const stream = await logStream({ stderr, env: { NO_COLOR: "1" } });
  return { stream, log: makeLog("info", stream), written: () => textIn(stderr) };
}

it("a log that no person reads is JSON, a line an event", async () => {
  const { log, written } = await setUp(false);
  log.info({ worker: "pool/a" }, "worker joined");
  log.debug("not logged");
  expect(JSON.parse(written())).toMatchObject({ level: 30, worker: "pool/a", msg: "worker joined" });
});

it("a log on a terminal is for people", async () => {
  const { log, written } = await setUp(true);
  log.info({ worker: "pool/a" }, "worker joined");
  expect(written()).toMatch(/^\[[\d:.]+\] INFO: worker joined \{"worker":"pool\/a"\}\n$/);
});

it("lines of others on a terminal are as they were, also when they come in pieces", async () => {
  const { stream, written } = await setUp(true);
  stream.write("some");
  stream.write("thing went\nwrong");
  stream.write("\n");
  expect(written()).toBe("something went\nwrong\n");
});

it.each([true, false])("lines of any process cannot control a terminal; on a terminal: %s", async (isTTY) => {
  const { stream, log, written } = await setUp(isTTY);
  const sly = "\x1b]0;title\x07\x1b[2J\x9b2J\u202e";
  log.info({ [sly]: { deep: [sly] }, err: new Error(sly) }, sly);
  stream.write(`${sly} not pino's\n{ "not": "pino's", ${sly}\n`);
  const text = written();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  expect(text.split("\\x1b]0;title").length + text.split("\\u001b]0;title").length).toBeGreaterThan(4);
  if (!isTTY) expect(JSON.parse(text.split("\n")[0] ?? "")).toMatchObject({ msg: sly, [sly]: { deep: [sly] } });
});

it("a file is its user's alone and at most twice as large as it is ordered to be, in whole lines, however much is logged", async () => {
  const folder = await mkdtemp(join(tmpdir(), "callgrid-log-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "logs");
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i} ${"—".repeat(i % 50)}`);
  const longLine = "=".repeat(2500);
  lines.splice(250, 0, longLine);
  const place = { logLevel: "info", logFile: join(path, "node.log"), logFileBytes: 1000, logFileCount: 1000 };
  await withLog({ stderr: new PassThrough().resume(), env: {} }, place, async ({ stream }) => {
    stream.write(`${lines.join("\n")}\n`);
  });
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(path)) expect((await stat(join(path, name))).mode & 0o777, name).toBe(0o600);
  const names = (await readdir(path)).filter((name) => !name.startsWith("."));
  const texts = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(path, name));
      return String(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    }),
  );
  for (const text of texts) {
    expect(text).toMatch(/^$|\n$/);
    expect(Buffer.byteLength(text.replace(longLine, ""))).toBeLessThan(2000);
  }
  expect(texts.join("").split("\n").sort()).toEqual(["", ...lines].sort());
});

it("a file of another kind is left as it is, and a log is gone on with", async () => {
  const folder = await mkdtemp(join(tmpdir(), "callgrid-log-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const logTo = (name: string) =>
    withLog(
      { stderr: new PassThrough().resume(), env: {} },
      { logLevel: "info", logFile: join(folder, name), logFileBytes: 10_000, logFileCount: 3 },
      async ({ log }) => log.info("worker joined"),
    );
  await writeFile(join(folder, "prices.csv"), "price\n1\n");
  await expect(logTo("prices.csv")).rejects.toMatchObject({ code: "INVALID_OPTION" });
  expect(await readFile(join(folder, "prices.csv"), "utf8")).toBe("price\n1\n");
  await expect(logTo(".")).rejects.toMatchObject({ code: "INVALID_OPTION" });
  await writeFile(join(folder, "copied.log"), 'printed\n{"level":30,"time":1,"msg":"worker left"}\n');
  await writeFile(join(folder, "empty.log"), "");
  for (const name of ["copied.log", "empty.log", "new.log", "new.log"]) await logTo(name);
  expect((await readFile(join(folder, "new.log"), "utf8")).split("worker joined")).toHaveLength(3);
});
