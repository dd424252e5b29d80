/** `callgrid sweep`: one experiment on many machines that share nothing. */
import { GridError, shortText } from "@callgrid/core";
import { sweepActionNames } from "../../command-line/action-names.ts";
import type { CommandSpec } from "../../command-line/command.ts";
import { initSweep } from "../../sweeps/init-sweep.ts";
import { measureSweep, planSweep } from "../../sweeps/measure-sweep.ts";
import { mergeSweep } from "../../sweeps/merge-sweep.ts";
import { packSweep } from "../../sweeps/pack-sweep.ts";
import { rebalanceSweep } from "../../sweeps/rebalance-sweep.ts";
import { runSweep } from "../../sweeps/run-sweep.ts";
import type { SweepAction } from "../../sweeps/sweep-action.ts";
import { sweepOptions } from "../../sweeps/sweep-options.ts";

const actions: Readonly<Record<string, SweepAction>> = {
  init: initSweep,
  measure: measureSweep,
  plan: planSweep,
  run: runSweep,
  merge: mergeSweep,
  rebalance: rebalanceSweep,
  pack: packSweep,
} satisfies Record<(typeof sweepActionNames)[number], SweepAction>;
const names = sweepActionNames.join(", ");
const shownCharacters = 80;

export const sweepCommand: CommandSpec<typeof sweepOptions> = {
  options: sweepOptions,
  examples: [
    "callgrid sweep init --folder pi",
    "callgrid sweep measure --folder pi --machine laptop",
    "callgrid sweep plan --folder pi --machine laptop",
    "callgrid sweep run --folder pi --machine laptop --nice 10",
    "callgrid sweep merge --folder pi pi/results/laptop server/results/server",
    "callgrid sweep rebalance --folder pi --machines fewer.json pi/results/laptop server/results/server",
    "callgrid sweep run --folder pi --pool pool --url redis://server",
    "callgrid sweep pack --folder pi -o pi/sweep --asset pi/prices.csv",
  ],
  async run({ operands: [name = "", ...operands], options, io, embedded }) {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw unknownAction(name);
    const takesFolders = action === mergeSweep || action === rebalanceSweep;
    if (operands.length > 0 && !takesFolders)
      throw new GridError("INVALID_OPTION", `callgrid sweep ${name} does not take ${operands.join(" ")}`);
    return action({ io, embedded, options, operands });
  },
};

function unknownAction(name: string): GridError {
  const shown = JSON.stringify(shortText(name, shownCharacters));
  return new GridError("INVALID_OPTION", `callgrid sweep has no action ${shown}; there are ${names}`);
}
