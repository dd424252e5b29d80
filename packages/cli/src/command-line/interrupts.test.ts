import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { CliIo, EndSignal } from "../terminal/io.ts";
import { unlessAborted, untilAborted, untilInterrupted, withInterrupts } from "./interrupts.ts";

class SignalledIo implements CliIo {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly env = {};
  readonly listeners = new Set<(signal: EndSignal) => void>();

  onSignal(listener: (signal: EndSignal) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  send(signal: EndSignal): void {
    for (const listener of this.listeners) listener(signal);
  }
}

describe("a command that is interrupted", () => {
  it("is called for the first signal and of the second, with their names, and of none after its end", async () => {
    const io = new SignalledIo();
    const reasons = await withInterrupts(io, async ({ first, second }) => {
      io.send("SIGINT");
      io.send("SIGTERM");
      return [first.reason, second.reason];
    });
    expect(reasons).toEqual(["SIGINT", "SIGTERM"]);
    expect(io.listeners.size).toBe(0);
  });

  it("stops listening when it fails", async () => {
    const io = new SignalledIo();
    await expect(withInterrupts(io, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(io.listeners.size).toBe(0);
  });
});

describe("a command with nothing to look after", () => {
  it("that does not end after the first signal is ended by the second", async () => {
    const io = new SignalledIo();
    const ended = untilInterrupted(io, () => new Promise(() => undefined));
    io.send("SIGINT");
    io.send("SIGTERM");
    await expect(ended).rejects.toMatchObject({ code: "CANCELLED", cause: "SIGTERM" });
  });

  it("that does not end after the first signal is ended soon", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const io = new SignalledIo();
    const ended = expect(untilInterrupted(io, () => new Promise(() => undefined))).rejects.toMatchObject({
      code: "CANCELLED",
      cause: "SIGINT",
    });
    io.send("SIGINT");
    await vi.advanceTimersByTimeAsync(2_000);
    await ended;
  });

  it("may end well after the first signal", async () => {
    const io = new SignalledIo();
    const ended = untilInterrupted(io, async (first) => {
      await untilAborted(first);
      return "well";
    });
    io.send("SIGINT");
    expect(await ended).toBe("well");
  });
});

describe("what is waited for", () => {
  it("is cancelled as soon as the signal is aborted, also when it was before", async () => {
    const controller = new AbortController();
    const waiting = unlessAborted(controller.signal, new Promise(() => undefined));
    controller.abort("SIGTERM");
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED", cause: "SIGTERM" });
    await expect(unlessAborted(controller.signal, new Promise(() => undefined))).rejects.toMatchObject({
      code: "CANCELLED",
    });
  });

  it("settles with its value or error otherwise", async () => {
    const { signal } = new AbortController();
    await expect(unlessAborted(signal, Promise.resolve(1))).resolves.toBe(1);
    await expect(unlessAborted(signal, Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it("may be the abort itself", async () => {
    const controller = new AbortController();
    const aborted = untilAborted(controller.signal);
    controller.abort();
    await aborted;
    await untilAborted(controller.signal);
  });
});
