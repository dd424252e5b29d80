import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { textIn } from "../../../../test/harness/text-in.ts";
import type { CliIo } from "../terminal/io.ts";
import { chooseMachine } from "./chosen-machine.ts";

const machines = ["desk", "laptop"].map((name) => ({ name, performance: 1, cores: 1 }));
const never = new AbortController().signal;

function streams(isTTY: boolean) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  return { stdin, stderr, io: { stdin, stderr } as unknown as CliIo };
}

test("a person at a terminal is asked which machine this is", async () => {
  const { stdin, stderr, io } = streams(true);
  const chosen = chooseMachine(io, machines, undefined, never);
  stdin.write(" laptop \n");
  expect((await chosen).name).toBe("laptop");
  expect(textIn(stderr)).toContain("Which machine is this? (desk, laptop) ");
});

test("an answer that names no machine is refused with those that there are", async () => {
  const { stdin, io } = streams(true);
  const chosen = chooseMachine(io, machines, undefined, never);
  stdin.write("phone\n");
  await expect(chosen).rejects.toThrow('--machine "phone" is not in machines.json, which has desk, laptop');
});

test("without a terminal the machine must be given, unless it is the only one", async () => {
  const { io } = streams(false);
  await expect(chooseMachine(io, machines, undefined, never)).rejects.toThrow(
    "--machine must be given: machines.json has desk, laptop",
  );
  expect((await chooseMachine(io, machines.slice(0, 1), undefined, never)).name).toBe("desk");
});
