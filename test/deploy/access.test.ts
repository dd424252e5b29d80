/**
 * The rights of deploy/redis are enough for all that clients, workers and distributors do, deaths and bridges included, and
 * for no more than docs/OPERATIONS.md says. Redis itself notes what it refuses (ACL LOG), within scripts, too.
 */
import { connect } from "@callgrid/client";
import { startDistributor } from "@callgrid/distributor";
import { startWorker } from "@callgrid/worker";
import { expect, it, onTestFinished } from "vitest";
import { blocksIn, pageText } from "../docs/markdown.ts";
import { startCommand } from "../harness/command.ts";
import { fixture } from "../harness/fixture.ts";
import { HoldFile } from "../harness/hold-file.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";
import { type Role, roles, userRule } from "./access.ts";

const grid = "least";
const functions = fixture("cli/functions");

interface User {
  readonly role: Role;
  readonly name: string;
  readonly pool: string;
}

const users: readonly User[] = [
  { role: "client", name: "client", pool: "root" },
  { role: "worker", name: "worker", pool: "root" },
  { role: "distributor", name: "distributor", pool: "root" },
  { role: "worker", name: "bridge", pool: "root" },
  { role: "worker", name: "child-worker", pool: "child" },
  { role: "distributor", name: "child-distributor", pool: "child" },
];

/** A server with these users, and none besides `default`, which is the test's own. */
async function guardedServer(): Promise<{ server: RedisServer; urlOf: (name: string) => string }> {
  const args = users.map(({ role, name, pool }) => `--${userRule(role, { name, grid, pool })}`);
  const server = await RedisServer.start({ port: await RedisServer.freePort(), args });
  onTestFinished(() => server.stop());
  return { server, urlOf: (name) => server.url.replace("//", `//${name}:secret@`) };
}

it("clients, workers and distributors do all that they do, and Redis refuses none of it", async () => {
  const { server, urlOf } = await guardedServer();
  const options = ["--count", "2", "--lease-ms", "2s", "--max-attempts", "1"];
  const command = ["worker", "--pool", "root", "--functions", functions, ...options, "--json"];
  const workers = startCommand(command, { env: { CALLGRID_URL: urlOf("worker"), CALLGRID_GRID: grid } });
  const head = await startDistributor({ pool: "root", url: urlOf("distributor"), grid });
  onTestFinished(() => head.stop());
  await workers.firstLine();
  const client = await connect(urlOf("client"), { grid, checkEveryMs: 200 });
  const ask = (...request: [name: string, ...args: unknown[]]) => client.enqueue("root", request);
  const large = "x".repeat(100_000);
  expect(
    await client.enqueueAll("root", [
      ["report", 7],
      ["report", 7],
      ["book", large],
    ]),
  ).toHaveLength(3);
  expect(await ask("report", 7)).toBe(7 / 6);
  await expect(ask("ratio", 1)).rejects.toMatchObject({ code: "FUNCTION_FAILED" });
  await expect(ask("nobodyKnows")).rejects.toMatchObject({ code: "UNKNOWN_FUNCTION" });
  await expect(ask("crash")).rejects.toMatchObject({ code: "WORKER_LOST" });
  const file = await HoldFile.make();
  const tooLate = client.enqueue("root", ["hold", file.path], { timeoutMs: 500 });
  await expect(tooLate).rejects.toMatchObject({ code: "TIMEOUT" });
  await file.release();
  // what dead workers held goes to the other pool, by the bridge
  const next = await HoldFile.make();
  const held = ask("hold", next.path);
  await next.started();
  const heir = await startWorker({ pool: "child", url: urlOf("child-worker"), grid, functions: [functions] });
  onTestFinished(() => heir.stop());
  const [parent, parentUrl] = ["root", urlOf("bridge")];
  const bridge = await startDistributor({ pool: "child", url: urlOf("child-distributor"), grid, parent, parentUrl });
  onTestFinished(() => bridge.stop());
  await workers.killAll();
  // a copy may have been begun there before the death, or after
  let value: unknown;
  void held.then((outcome) => {
    value = outcome;
  });
  await until(async () => next.release().then(() => value !== undefined));
  expect(value).toBe("held");
  expect((await client.status("root")).head).toBe(head.id.replace("root/", ""));
  await client.close();
  expect(await server.command("ACL", "LOG")).toBe("*0\r\n");
});

it("no user may do what its role does not allow", async () => {
  const { server } = await guardedServer();
  const denied: ReadonlyArray<readonly [user: string, command: string]> = [
    ["client", "SET callgrid:{least:root}:value:x false"],
    ["client", "HSET callgrid:{least:root}:functions ratio false"],
    ["client", "HSET callgrid:{least:root}:members x {}"],
    ["client", "RPUSH callgrid:{least:root}:outcomes:x y"],
    ["client", "GET callgrid:{least:child}:value:x"],
    ["worker", "SET callgrid:{least:root}:head x"],
    ["worker", "SET callgrid:{least:root}:capacity x"],
    ["client", "HSET callgrid:{least:root}:hosts x {}"],
    ["worker", "RPUSH callgrid:{least:child}:queue x"],
    ["distributor", "GET callgrid:{least:child}:queue"],
    ["distributor", "CONFIG GET maxmemory"],
    ["worker", "FLUSHALL"],
    ["client", "KEYS *"],
  ];
  for (const [user, command] of denied) {
    const answer = await server.command("ACL", "DRYRUN", user, ...command.split(" "));
    expect(answer, `${user}: ${command}`).toContain("has no permissions");
  }
});

it('docs/OPERATIONS.md has these rules, for the pool "pool"', () => {
  const shown = blocksIn(pageText("docs/OPERATIONS.md"), "text")
    .filter((block) => block.startsWith("ACL SETUSER"))
    .map((block) => block.replace("ACL SETUSER", "user").replace(/\s+/g, " ").trim());
  const rules = roles().map((role) => userRule(role, { name: role, grid: "default", pool: "pool" }));
  expect(shown.sort()).toEqual(rules.sort());
});
