/** `callgrid torture`: finds nothing wrong with a grid that is right, finds what is wrong, and leaves nothing behind. */
import { openStatekeeper } from "@callgrid/statekeeper";
import { describe, expect, it, onTestFinished } from "vitest";
import { startCommand } from "../harness/command.ts";
import { CommandPool } from "../harness/command-pool.ts";
import { fixture } from "../harness/fixture.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";

const wrongLeaf = fixture("cli/wrong-leaf");

async function startRedis(): Promise<RedisServer> {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  return server;
}

/** The name of the grid that is tortured, once there is one. */
async function torturedGrid(url: string): Promise<string> {
  const statekeeper = await openStatekeeper(url, { grid: "another" });
  onTestFinished(() => statekeeper.close());
  return until(async () => (await statekeeper.otherGridsWith("torture"))[0]);
}

describe("callgrid torture", () => {
  it("breaks a grid of its own, finds nothing wrong, and removes it", async () => {
    const server = await startRedis();
    await server.command("SET", "other", "data");
    const pool = new CommandPool(server.url);
    // of this seed, four faults come within three seconds, none of which takes a silent link to notice
    const { exitCode, stdout } = await pool.runProcess(["torture", "--minutes", "0.06", "--seed", "3174", "--json"]);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      counts: { lost: 0, unanswered: 0, contradicted: 0, wrong: 0 },
      violations: [],
      seed: 3174,
      answered: result.asked,
    });
    expect(result.asked).toBeGreaterThan(50);
    expect(Object.values(result.faults as Record<string, number>).some((times) => times > 0)).toBe(true);
    expect(exitCode).toBe(0);
    expect(await server.command("KEYS", "*")).toBe("*1\r\n$5\r\nother\r\n");
  });

  it("ends with 1 and says what is wrong when a worker returns wrong values; Ctrl-C ends it before its time", async () => {
    const server = await startRedis();
    const torture = startCommand([
      ...["torture", "--url", server.url, "--minutes", "10", "--seed", "1"],
      ...["--workers", "1", "--clients", "1"],
    ]);
    const grid = await torturedGrid(server.url);
    const intruder = startCommand([
      ...["worker", "--url", server.url, "--grid", grid, "--pool", "torture"],
      ...["--functions", wrongLeaf],
    ]);
    await intruder.says("a wrong leaf", 20);
    torture.kill("SIGINT");
    const { exitCode, stdout } = await torture.ended;
    expect(stdout).toMatch(/\d+ violations?; the seed is \d+/);
    expect(stdout).toMatch(/^ *wrong +[1-9]\d*/m);
    // the wrong leaves may all have been called by trees, whose values they make wrong
    expect(stdout).toMatch(/ {2}wrong \["(leaf","r\d+",\d+\]: -1|tree",)/);
    expect(exitCode).toBe(1);
  });
});
