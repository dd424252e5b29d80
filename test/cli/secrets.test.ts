/** A password that is given in a URL: no output of a command, no error and no list of processes shows it. */
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { connect } from "callgrid";
import { describe, expect, it, onTestFinished } from "vitest";
import { commandLineOf, runCommand, startCommand } from "../harness/command.ts";
import { CommandPool } from "../harness/command-pool.ts";
import { LogTape } from "../harness/log-tape.ts";
import { runHere } from "../harness/own-command.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";

const password = "hush-hush";

async function lockedRedis() {
  const server = await RedisServer.start({ port: await RedisServer.freePort() });
  onTestFinished(() => server.stop());
  await server.command("ACL", "SETUSER", "me", "on", `>${password}`, "~*", "&*", "+@all");
  return { server, url: server.url.replace("//", `//me:${password}@`) };
}

describe("a password in a URL", () => {
  it.each([
    ["instead of a pool", ["status", `redis://u:${password}@h`]],
    ["badly encoded, instead of a pool", ["status", `redis://u:a/${password}@h`]],
    ["after a flag that there is not", ["status", "pool", `--urll=u:${password}@h`]],
    ["instead of a module", ["run", "--functions", `redis://u:${password}@h`, '["f"]']],
    ["badly encoded, with --json", ["enqueue", "pool", "--json", "--url", `redis://u:a/${password}@h`, '["f"]']],
    ["for doctor", ["doctor", "--json", "--url", `redis://u:a#${password}@h`]],
    ["for torture", ["torture", "--url", `u:${password}@h`]],
    ["of a parent", ["distributor", "--pool", "p", "--parent", "q", "--parent-url", `redis://u:a?${password}@h`]],
  ])("is not shown %s", async (_, args) => {
    const { exitCode, stdout, stderr } = await runHere(args);
    expect(stdout + stderr).not.toContain(password);
    expect(exitCode).not.toBe(0);
  });

  it("is not shown without a server, by a process either", async () => {
    const args = ["status", "pool", "--url", `redis://u:${password}@127.0.0.1:1`, "--connect-timeout-ms", "1"];
    const { exitCode, stdout, stderr } = await runCommand(args);
    expect(stdout + stderr).not.toContain(password);
    expect(exitCode).not.toBe(0);
  });

  it("is in no list of processes", async () => {
    const { url } = await lockedRedis();
    const distributor = startCommand(["distributor", "--pool", "pool", "--url", url, "--json"]);
    await distributor.firstLine();
    const line = await commandLineOf(distributor.process.pid ?? 0);
    expect(line).toContain("distributor --pool pool");
    expect(line).not.toContain(password);
  });

  it("is in no report on a worker that printed its environment and died", async () => {
    const { url } = await lockedRedis();
    const pool = new CommandPool(url);
    const workers = await pool.workers("--max-attempts", "1");
    const { stdout, stderr } = await pool.run(["enqueue", "pool", '["blab"]', "--json"]);
    expect(stdout).toContain("cannot reach");
    expect(stdout + stderr + workers.stderr).not.toContain(password);
    expect((await pool.run(["enqueue", "pool", '["blab"]'])).stderr).toContain("cannot reach");
  });

  it("is in no error that a program gets, be it that Redis takes it no more", async () => {
    const { server, url } = await lockedRedis();
    const errors: unknown[] = [];
    const note = (error: unknown): void => void errors.push(error);
    const wrong = `${url.replace(password, `${password}-wrong`)}`;
    await connect(wrong, { log: new LogTape().log }).catch(note);
    const tape = new LogTape();
    const grid = await connect(url, { grid: randomUUID(), log: tape.log, connectTimeoutMs: 1_000 });
    onTestFinished(() => grid.close());
    await grid.schedules();
    await server.command("ACL", "SETUSER", "me", "resetpass", ">other");
    await server.command("CLIENT", "KILL", "USER", "me");
    // what was under way waits for another password; what comes now is refused
    await until(() => tape.having("no connection").some((line) => String(line["reason"]).startsWith("WRONGPASS")));
    await grid.status("pool").catch(note);
    await grid.schedules().catch(note);
    expect(errors).toHaveLength(3);
    expect(inspect(errors, { depth: 10, showHidden: true })).toContain("WRONGPASS");
    expect(inspect(errors, { depth: 10, showHidden: true })).not.toContain(password);
    expect(JSON.stringify(tape.lines)).not.toContain(password);
  });
});
