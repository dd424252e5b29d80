/** `callgrid init`: a new project. `npm create callgrid` is the same command. */
import { declareOptions, option } from "@callgrid/core";
import type { CommandSpec } from "../command-line/command.ts";
import { initProject, showNextCommands } from "../projects/init-project.ts";
import { exitCodes } from "../terminal/exit-codes.ts";

const options = declareOptions({
  javascript: option.boolean({ default: false, description: "Write JavaScript instead of TypeScript." }),
});

export const initCommand: CommandSpec<typeof options> = {
  options,
  examples: ["callgrid init prices", "callgrid init prices --javascript", "npm create callgrid prices"],
  async run({ operands: [folder = "."], options: { javascript }, io }) {
    await initProject(folder, javascript ? "javascript" : "typescript", io.stdout);
    await showNextCommands(folder, io.stderr);
    return exitCodes.fine;
  },
};
