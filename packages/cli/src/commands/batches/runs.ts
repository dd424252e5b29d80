/** `callgrid runs`: submitted runs and schedules: lists them, shows one, and has one cancelled, retried, paused or removed. */
import { connect } from "@callgrid/client";
import { declareOptions, invalidOption, shortText } from "@callgrid/core";
import { runActionNames, scheduleActionNames } from "../../command-line/action-names.ts";
import type { CommandSpec } from "../../command-line/command.ts";
import { connectionOptions, outputOptions } from "../../command-line/common-options.ts";
import { unlessAborted, untilInterrupted } from "../../command-line/interrupts.ts";
import { inputName, wholeText } from "../../files/text-input.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { parseJson } from "../../requests/request-text.ts";
import { type Action, runActions } from "../../runs/run-actions.ts";
import { scheduleActions } from "../../runs/schedule-actions.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../../terminal/io.ts";

const options = declareOptions({ ...connectionOptions, ...outputOptions });

const shownCharacters = 80;
const runNames = runActionNames.join(", ");
const scheduleNames = scheduleActionNames.join(", ");

export const runsCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid runs list",
    "callgrid runs show 7 --json",
    "callgrid runs cancel 7",
    "callgrid runs submit run.json",
    "callgrid runs schedules list",
    "callgrid runs schedules remove nightly",
  ],
  async run({ operands, options: { url, grid, connectTimeoutMs, json, logLevel }, io }) {
    const { action, id } = meantBy(operands);
    const spec = action === runActions["submit"] ? parseJson(await wholeText(io, id), inputName(id)) : undefined;
    return untilInterrupted(io, async (first) => {
      // BullMQ would try forever to reach a Redis that is not there
      const log = makeLog(logLevel ?? "warn", await logStream(io));
      await (await unlessAborted(first, connect(url, { grid, connectTimeoutMs, log }))).close();
      const { RunQueue } = await import("@callgrid/batch/runs");
      const queue = new RunQueue({ url, grid });
      try {
        const { fields, text } = await unlessAborted(first, action({ queue, id, spec, io }));
        await (json ? writeJson(io.stdout, fields) : writeLine(io.stdout, text));
        return exitCodes.fine;
      } finally {
        await queue.close();
      }
    });
  },
};

interface Meant {
  readonly action: Action;
  readonly id: string;
}

function meantBy([first = "", ...rest]: readonly string[]): Meant {
  if (first !== "schedules") return actionOf("runs", { actions: runActions, names: runNames }, [first, ...rest]);
  return actionOf("runs schedules", { actions: scheduleActions, names: scheduleNames }, rest);
}

interface Actions {
  readonly actions: Readonly<Record<string, Action>>;
  readonly names: string;
}

function actionOf(where: string, { actions, names }: Actions, [name = "", id, ...surplus]: readonly string[]): Meant {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined)
    throw invalidOption(where, `has no action ${JSON.stringify(shortText(name, shownCharacters))}; there are ${names}`);
  if (id === undefined && name !== "list") throw invalidOption(`${where} ${name}`, "needs an id");
  const more = name === "list" && id !== undefined ? [id, ...surplus] : surplus;
  if (more.length > 0) throw invalidOption(`${where} ${name}`, `does not take ${more.join(" ")}`);
  return { action, id: id ?? "" };
}
