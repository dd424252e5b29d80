/** What the examples have in common with each other, with the guides, and with what is installed and tested here. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

type Ranges = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies?: Ranges;
}

const repository = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(`${repository}/${path}`, "utf8");
const dependenciesAt = (path: string): Ranges => (JSON.parse(read(path)) as Manifest).dependencies ?? {};

const withPackages = readdirSync(`${repository}/examples`).filter((name) =>
  existsSync(`${repository}/examples/${name}/package.json`),
);

/** Without comments and empty lines. */
const codeOf = (text: string): string =>
  text
    .replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, "")
    .replaceAll(/\s*\n\s*/g, "\n")
    .trim();

/** The code of an error with its status, in the table `statuses` of a module or a page. */
function statusesIn(path: string): Readonly<Record<string, number>> {
  const [, table = ""] = /const statuses[^=]*= \{(.*?)\};/s.exec(read(path)) ?? [];
  return Object.fromEntries([...table.matchAll(/(\w+): (\d+)/g)].map(([, code, status]) => [code, Number(status)]));
}

test("the repository installs tsx for production, since Node 20 of its image loads no TypeScript by itself", () => {
  expect(Object.keys(dependenciesAt("package.json"))).toContain("tsx");
});

test("an example whose workers load TypeScript installs the tsx that is tested here", () => {
  const modules = withPackages.filter((name) => existsSync(`${repository}/examples/${name}/functions.ts`));
  const { tsx } = dependenciesAt("package.json");
  expect(modules.map((name) => [name, dependenciesAt(`examples/${name}/package.json`)["tsx"]])).toEqual(
    ["fastify", "hono", "next", "serverless"].map((name) => [name, tsx]),
  );
});

test("examples with other libraries evaluate the same function", () => {
  const texts = withPackages.map((name) => read(`examples/${name}/${name === "nest" ? "src/" : ""}functions.ts`));
  expect(texts).toHaveLength(5);
  expect(new Set(texts).size).toBe(1);
});

test("the servers answer an error with the status that the guide gives it", () => {
  const servers = ["fastify/server.ts", "hono/app.ts", "nest/src/grid-error.filter.ts", "next/app/fib/[n]/route.ts"];
  const statuses = { CANCELLED: 499, POOL_FULL: 503, GRID_CLOSED: 503, TIMEOUT: 504 };
  for (const path of servers) expect(statusesIn(`examples/${path}`), path).toEqual(statuses);
  expect(statusesIn("docs/guides/http-servers.md")).toMatchObject(statuses);
  // its grid is closed by itself alone, and it cannot cancel
  expect(statusesIn("examples/serverless/handler.ts")).toEqual({
    POOL_FULL: 503,
    TIMEOUT: 504,
    CONNECTION_FAILED: 503,
  });
});

test("the guide shows the module that keeps one grid across hot reloads as the example has it", () => {
  const [, shown = ""] = /```ts\n\/\/ grid\.ts\n(.*?)```/s.exec(read("docs/guides/reload-and-bundlers.md")) ?? [];
  expect(codeOf(shown)).toBe(codeOf(read("examples/next/grid.ts")));
});
