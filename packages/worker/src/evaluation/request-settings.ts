import { Config, encodeRequest, Random, type Settings } from "@callgrid/core";
import type { EvaluatedSlice } from "./evaluated-slice.ts";
import type { Evaluation } from "./evaluation.ts";

const noSettings: Settings = { config: {}, seed: 0 };
const known = new WeakMap<Evaluation | EvaluatedSlice, RequestSettings>();

/**
 * One for each evaluation, since its random numbers go on from call to call; of a chunk one for each slice, so that they do not depend on
 * which slices travel together.
 */
export function settingsOf(evaluation: Evaluation, slice?: EvaluatedSlice): RequestSettings {
  const key = slice ?? evaluation;
  const settings = known.get(key) ?? new RequestSettings(evaluation, slice);
  known.set(key, settings);
  return settings;
}

/**
 * What the function of a request sees of its settings: the configuration, and random numbers that depend on nothing but the seed and the
 * request, so that an evaluation can be repeated anywhere. A request without settings has an empty configuration and the seed 0.
 */
export class RequestSettings {
  readonly config: Config;
  readonly #evaluation: Evaluation;
  readonly #slice: EvaluatedSlice | undefined;
  readonly #seed: number;
  readonly #named = new Map<string, Random>();
  #random: Random | undefined;

  constructor(evaluation: Evaluation, slice: EvaluatedSlice | undefined) {
    const { config, seed } = evaluation.settings ?? noSettings;
    this.config = new Config(config);
    this.#evaluation = evaluation;
    this.#slice = slice;
    this.#seed = seed;
  }

  get random(): Random {
    this.#random ??= new Random(`seed ${this.#seed}`);
    return this.#random;
  }

  randomFor(name: string): Random {
    const random = this.#named.get(name) ?? new Random(`seed ${this.#seed} ${JSON.stringify(name)} ${this.#request}`);
    this.#named.set(name, random);
    return random;
  }

  get #request(): string {
    if (this.#slice !== undefined) return this.#slice.canonical;
    const { functionName, primitiveArguments } = this.#evaluation;
    const args = primitiveArguments ?? this.#evaluation.readArguments();
    return encodeRequest([functionName, ...args], Number.POSITIVE_INFINITY).canonical;
  }
}
