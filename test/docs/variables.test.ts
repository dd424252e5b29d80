/** The table of variables in docs/OPERATIONS.md has those of every option that a node or a runner takes, and no others. */
import { expect, it } from "vitest";
import { distributorCommand } from "../../packages/cli/src/commands/nodes/distributor.ts";
import { hostCommand } from "../../packages/cli/src/commands/nodes/host.ts";
import { runnerCommand } from "../../packages/cli/src/commands/nodes/runner.ts";
import { workerCommand } from "../../packages/cli/src/commands/nodes/worker.ts";
import { pageText } from "./markdown.ts";

/** Variable → which of the commands have it. */
function declared(): Map<string, string[]> {
  const commands = new Map<string, string[]>();
  const nodes = { worker: workerCommand, host: hostCommand, distributor: distributorCommand, runner: runnerCommand };
  for (const [name, { options }] of Object.entries(nodes))
    for (const { env } of Object.values(options)) commands.set(env, [...(commands.get(env) ?? []), name]);
  return commands;
}

/** The same by the page. */
function documented(): Map<string, string[]> {
  const rows = [...pageText("docs/OPERATIONS.md").matchAll(/^\| (`CALLGRID_.*?) \| (.*?) \|/gm)];
  return new Map(
    rows.flatMap(([, names = "", of = ""]) => {
      const owners = of === "all" ? ["worker", "host", "distributor", "runner"] : of.split(", ");
      return [...names.matchAll(/CALLGRID_\w+/g)].map(([name]): [string, string[]] => [name, owners]);
    }),
  );
}

it("every variable of a node and a runner is in the table, with the commands that have it", () => {
  const sorted = (variables: Map<string, string[]>) => [...variables].sort(([one], [other]) => (one < other ? -1 : 1));
  expect(sorted(documented())).toEqual(sorted(declared()));
});
