/**
 * The connection on which a process sends commands to the statekeeper, as ioredis keeps it: commands and replies stay in order;
 * when the connection breaks, all that was not answered is sent again on the next one, so that what had arrived is done twice.
 * What was under way on a broken connection may still arrive, even after the same command came on the next.
 */
import type { VirtualClock } from "@callgrid/core";
import { Handshake } from "./handshake.ts";
import type { Network } from "./network.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { Trace } from "./trace.ts";

export interface ConnectionParts {
  readonly process: SimulatedProcess;
  readonly world: VirtualClock;
  readonly network: Network;
  readonly trace: Trace;
}

/** How a connection breaks. */
export interface Break {
  /** How long it takes until a first attempt to connect again. */
  readonly downMs: number;
  /** How many attempts then stall in their handshake. */
  readonly stalls: number;
}

interface Command {
  readonly name: string;
  /** What the statekeeper does on arrival. */
  readonly run: () => Promise<unknown>;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One TCP connection, by what is under way on it. */
interface Line {
  isOpen: boolean;
  /** The last arrivals so far: nothing overtakes them. */
  commandMs: number;
  replyMs: number;
  sent: number;
  arrived: number;
  /** Commands from this one on get lost on the way. */
  lostFrom: number;
}

export class CommandConnection {
  readonly #parts: ConnectionParts;
  readonly #unanswered = new Set<Command>();
  readonly #handshake: Handshake;
  #line: Line | undefined = newLine();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#handshake = new Handshake(parts);
    parts.process.onEnd(() => this.#break(true));
  }

  get isOpen(): boolean {
    return this.#line !== undefined;
  }

  /** See {@link Handshake.stalledUntilMs}. */
  get stalledUntilMs(): number {
    return this.#handshake.stalledUntilMs;
  }

  /** The reply, sooner or later; never one for a process that is dead. */
  call<Reply>(name: string, run: () => Promise<Reply>): Promise<Reply> {
    return new Promise<Reply>((resolve, reject) => {
      if (!this.#parts.process.interact()) return;
      const command: Command = { name, run, resolve: resolve as (reply: unknown) => void, reject };
      this.#unanswered.add(command);
      if (this.#line !== undefined) this.#send(command, this.#line);
    });
  }

  /** Breaks now, and connects again as {@link Break} says. Nothing more arrives at a server that went down itself. */
  cut({ downMs, stalls }: Break, isServerUp: boolean): void {
    if (!this.isOpen) return;
    this.#break(isServerUp);
    const { process, world } = this.#parts;
    process.at(world.now() + downMs, () => this.#handshake.make(stalls, () => this.#connectAgain()));
  }

  #break(isServerUp: boolean): void {
    const line = this.#line;
    if (line === undefined) return;
    this.#line = undefined;
    line.isOpen = false;
    line.lostFrom = isServerUp ? this.#parts.network.random.integer(line.arrived, line.sent) : line.arrived;
  }

  #connectAgain(): void {
    const line = newLine();
    this.#line = line;
    for (const command of this.#unanswered) this.#send(command, line);
  }

  #send(command: Command, line: Line): void {
    const { process, world, network, trace } = this.#parts;
    const place = line.sent;
    line.sent += 1;
    line.commandMs = Math.max(line.commandMs, process.nowMs() + network.delayMs());
    world.after(line.commandMs - world.now(), () => {
      if (place < line.lostFrom) this.#arrive(command, line);
      else trace.note(process.name, `${command.name} is lost on the way`);
    });
  }

  #arrive(command: Command, line: Line): void {
    line.arrived += 1;
    command.run().then(
      (reply) => this.#answer(line, () => this.#fulfil(command, () => command.resolve(reply))),
      (error: unknown) => this.#answer(line, () => this.#fulfil(command, () => command.reject(error))),
    );
  }

  #answer(line: Line, fulfil: () => void): void {
    const { process, world, network } = this.#parts;
    line.replyMs = Math.max(line.replyMs, world.now() + network.delayMs());
    process.at(line.replyMs, () => {
      if (line.isOpen) fulfil();
    });
  }

  #fulfil(command: Command, settle: () => void): void {
    if (this.#unanswered.delete(command)) settle();
  }
}

function newLine(): Line {
  return { isOpen: true, commandMs: 0, replyMs: 0, sent: 0, arrived: 0, lostFrom: Number.POSITIVE_INFINITY };
}
