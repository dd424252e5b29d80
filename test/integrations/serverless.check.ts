/** The bundled handler, away from all packages, as a service for functions loads it. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ExampleProcess, exampleFolder } from "./installed-example.ts";
import { PoolOfExample } from "./pool-of-example.ts";

const caller = `import { handler } from "./handler.mjs";
for (const n of ["70", "-1", "70"]) console.log(JSON.stringify(await handler({ queryStringParameters: { n } })));
`;

test("a bundled handler answers, and leaves nothing open", async () => {
  const folder = exampleFolder("serverless");
  const pool = await PoolOfExample.start(folder, "functions.ts");
  onTestFinished(() => pool.stop());
  pool.startWorker();
  const deployed = mkdtempSync(join(tmpdir(), "callgrid-deployed-"));
  onTestFinished(() => rmSync(deployed, { recursive: true }));
  copyFileSync(join(folder, "dist/handler.mjs"), join(deployed, "handler.mjs"));
  writeFileSync(join(deployed, "caller.mjs"), caller);

  const service = new ExampleProcess(deployed, ["node", "caller.mjs"], pool.env);
  // by itself: no timer and no connection keeps it
  expect(await service.ended(), service.output).toBe(0);
  const found = '{"statusCode":200,"body":"{\\"value\\":190392490709135}"}';
  const failed = '{"statusCode":500,"body":"{\\"code\\":\\"FUNCTION_FAILED\\"}"}';
  // a caller that comes before the worker logs a warning
  const results = service.output.split("\n").filter((line) => line.startsWith('{"statusCode"'));
  expect(results).toEqual([found, failed, found]);
});
