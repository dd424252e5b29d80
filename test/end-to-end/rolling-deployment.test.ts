/** A rolling deployment and its rollback, with real worker processes, while a caller goes on asking. */
import { randomUUID } from "node:crypto";
import { connect } from "@callgrid/client";
import { openStatekeeper, versionDrifts } from "@callgrid/statekeeper";
import { expect, inject, it, onTestFinished } from "vitest";
import { deploy, type Modules } from "../harness/function-project.ts";
import { runHere } from "../harness/own-command.ts";
import { until } from "../harness/until.ts";
import { GridProcess } from "../harness/worker-processes.ts";

const callgrid = JSON.stringify(import.meta.resolve("callgrid"));

/** Two functions, the one calling the other, whose values say by which edition of a module that both import they were made. */
function modulesOf(edition: number): Modules {
  return {
    edition: `export const edition: number = ${edition};\n`,
    price: `import { define } from ${callgrid};
import { edition } from "./edition.ts";
export const price = define("price", (n: number) => \`price \${edition} of \${n}\`);
`,
    functions: `import { callReentrant, define } from ${callgrid};
import { edition } from "./edition.ts";
export { price } from "./price.ts";
export const total = define("total", async (n: number) => {
  const [each] = await callReentrant([["price", n]]);
  return \`total \${edition}, \${each}\`;
});
`,
  };
}

const shownValue = (edition: number, n: number): string => `total ${edition}, price ${edition} of ${n}`;

async function setStage() {
  const [url, grid] = [inject("redisUrl"), randomUUID()];
  const statekeeper = await openStatekeeper(url, { grid });
  const client = await connect(url, { grid });
  onTestFinished(async () => {
    await client.close();
    await statekeeper.close();
  });
  return {
    client,
    start: async (edition: number, count: number): Promise<GridProcess> => {
      const functions = deploy(modulesOf(edition), "JavaScript");
      const workers = await GridProcess.workers({ url, grid, functions, count });
      onTestFinished(async () => void (await workers.end("SIGKILL")));
      return workers;
    },
    /** Workers that receive no requests for `total`. */
    idle: async (): Promise<number> => {
      const drifts = versionDrifts(await statekeeper.pool("pool").inspect());
      return drifts.find(({ functionName }) => functionName === "total")?.workers.length ?? 0;
    },
    status: async () => (await runHere(["status", "pool"], { env: { CALLGRID_URL: url, CALLGRID_GRID: grid } })).stdout,
  };
}

it("a rolling deployment and its rollback give values of one edition each, and leave no worker without requests", async () => {
  const { client, start, idle, status } = await setStage();
  const old = await start(1, 2);
  const values: string[] = [];
  let isOver = false;
  const asking = (async () => {
    for (let n = 1; !isOver; n++) {
      const value = await client.enqueue("pool", ["total", n]);
      values.push(String(value));
    }
  })();
  const editions = (): string[] => values.map((value) => /\d/.exec(value)?.[0] ?? value);
  const seen = (edition: string) => until(() => editions().at(-1) === edition);
  await seen("1");
  expect(await client.enqueue("pool", ["total", 0])).toBe(shownValue(1, 0));

  const newer = await start(2, 1);
  await seen("2");
  expect(await client.enqueue("pool", ["total", 0])).toBe(shownValue(2, 0));
  await old.seen(/edition\.js.*other versions are current/, 2);
  expect(await idle()).toBe(2);
  expect(await status()).toMatch(
    /2 workers have other versions of "price", "total".*files that differ: .*"edition\.js"/,
  );
  await old.end();
  expect(await idle()).toBe(0);

  await start(1, 1);
  expect(await idle()).toBe(1);
  await newer.end();
  expect(await idle()).toBe(0);
  await seen("1");
  expect(await client.enqueue("pool", ["total", 0])).toBe(shownValue(1, 0));

  isOver = true;
  await asking;
  expect(values).toEqual(editions().map((edition, at) => shownValue(Number(edition), at + 1)));
  expect(editions().filter((edition, at, all) => edition !== all[at - 1])).toEqual(["1", "2", "1"]);
});
