import type { ChunkSupply } from "../chunks/chunk-source.ts";
import type { Chunk } from "../data/chunk.ts";
import type { ChunkOutcome } from "../workplaces/workplace.ts";

/** How a {@link ChunkRun} goes. */
export interface ChunkFlow {
  readonly supply: ChunkSupply;
  /** How many chunks are open at once. */
  readonly window: () => number;
  /** Units of the next chunk. */
  readonly nextUnits: () => number;
  /** Whether another chunk may be cut: held back where finished ones pile up behind one that is slow. */
  readonly mayCut: () => boolean;
  readonly evaluate: (chunk: Chunk) => Promise<ChunkOutcome>;
}

/**
 * Carries chunks out: cuts them off the supply, keeps a window of them under way, and yields each outcome as it arrives. It goes on
 * cutting while a slow taker holds an outcome; what has arrived and was not taken holds its place in the window.
 */
export class ChunkRun {
  readonly #flow: ChunkFlow;
  readonly #arrived: ChunkOutcome[] = [];
  #openCount = 0;
  #isCutting = false;
  #isLeft = false;
  #failure: { readonly error: unknown } | undefined;
  #wake = (): void => undefined;

  constructor(flow: ChunkFlow) {
    this.#flow = flow;
  }

  /** All outcomes, once. Who takes one may give its chunk back to the supply. */
  async *outcomes(): AsyncGenerator<ChunkOutcome, undefined> {
    try {
      for (;;) {
        this.#fill();
        const arrived = this.#arrived.shift();
        if (arrived !== undefined) {
          yield arrived;
          continue;
        }
        if (this.#failure !== undefined) throw this.#failure.error;
        if (!this.#isCutting && this.#openCount === 0 && this.#flow.supply.isEmpty) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#isLeft = true;
    }
  }

  /** Cuts more where the window has grown. */
  widen(): void {
    this.#fill();
  }

  #fill(): void {
    const { supply, window, mayCut } = this.#flow;
    if (this.#isLeft || this.#failure !== undefined || this.#isCutting) return;
    if (this.#openCount + this.#arrived.length >= window()) return;
    if (!supply.hasAgain && (supply.isEmpty || !mayCut())) return;
    this.#isCutting = true;
    void this.#cut();
  }

  async #cut(): Promise<void> {
    const { supply, nextUnits } = this.#flow;
    try {
      const chunk = await supply.next(nextUnits);
      if (chunk !== undefined) void this.#carryOut(chunk);
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#isCutting = false;
    this.#goOn();
  }

  async #carryOut(chunk: Chunk): Promise<void> {
    this.#openCount += 1;
    try {
      this.#arrived.push(await this.#flow.evaluate(chunk));
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#openCount -= 1;
    this.#goOn();
  }

  #goOn(): void {
    this.#fill();
    this.#wake();
  }
}
