import { GridError, RequestError } from "@callgrid/core";
import { CommanderError } from "commander";
import { expect, it } from "vitest";
import { exitCodeOf } from "./exit-codes.ts";

it.each<[string, unknown, number]>([
  ["help was asked for", new CommanderError(0, "commander.helpDisplayed", "help"), 0],
  ["a flag is unknown", new CommanderError(1, "commander.unknownOption", "unknown"), 2],
  ["a request failed", new RequestError({ msg: "no", code: "FUNCTION_FAILED", req: '["f"]' }), 1],
  ["a function is unknown to the pool", new RequestError({ msg: "no", code: "UNKNOWN_FUNCTION", req: '["f"]' }), 1],
  ["an option is wrong", new GridError("INVALID_OPTION", "no"), 2],
  ["a module defines nothing", new GridError("INVALID_MODULE", "no"), 2],
  ["a request is not JSON", new GridError("INVALID_REQUEST", "no"), 2],
  ["there is no connection", new GridError("CONNECTION_FAILED", "no"), 3],
  ["Ctrl-C was pressed", new GridError("CANCELLED", "no", { cause: "SIGINT" }), 130],
  ["a signal ended it", new GridError("CANCELLED", "no", { cause: "SIGTERM" }), 143],
  ["something else failed", new GridError("STATEKEEPER_REFUSED", "no"), 1],
  ["there is a mistake in here", new TypeError("no"), 1],
])("the exit code when %s", (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
