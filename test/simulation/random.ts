/**
 * The only source of chance in a simulation. Equal seeds give equal sequences; each part of a simulation draws from a branch of
 * its own, so that a change in one part leaves what the others drew as it was.
 */
export class Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    this.#seed = seed;
    this.#a = hashOf(`${seed}/a`);
    this.#b = hashOf(`${seed}/b`);
    this.#c = hashOf(`${seed}/c`);
    for (let i = 0; i < 8; i += 1) this.next();
  }

  /** A source of its own for the part of this name. */
  branch(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** From 0 up to, and never, 1. This is sfc32. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** Both ends included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Small ones are as likely as large ones: 1 to 2 as 500 to 1000. */
  logarithmic(least: number, most: number): number {
    return least * (most / least) ** this.next();
  }

  /** How long until something that happens once in `mean` at random. */
  wait(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.next() * choices.length)] ?? choices[0];
  }

  /** An id of 22 characters, like those that are drawn from the system. */
  id(): string {
    let id = "";
    while (id.length < 22)
      id += Math.floor(this.next() * 36 ** 5)
        .toString(36)
        .padStart(5, "0");
    return id.slice(0, 22);
  }
}

/** FNV-1a with a last stir. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
