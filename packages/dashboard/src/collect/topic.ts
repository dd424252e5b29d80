/**
 * A document that viewers follow: each gets the whole once, and then a merge patch for each change. All viewers share the text of a patch.
 * A viewer that is slow has no patches kept for it: it gets the whole again when it can take more.
 */
import { type Fields, patchBetween } from "../model/merge-patch.ts";

/** What a viewer takes from a topic. */
export interface TopicViewer {
  /** Whether it can take more now; if not, it asks by {@link Topic.whole} later. */
  isReady(): boolean;
  /** `data` is JSON. */
  send(message: { readonly topic: string; readonly kind: "whole" | "patch"; readonly data: string }): void;
  /** It was not ready, and has missed a patch. */
  miss(topic: Topic): void;
}

export class Topic {
  readonly name: string;
  readonly #viewers = new Set<TopicViewer>();
  #document: Fields | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  follow(viewer: TopicViewer): void {
    this.#viewers.add(viewer);
    this.whole(viewer);
  }

  unfollow(viewer: TopicViewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0) this.#document = undefined;
  }

  /** Sends the whole document, if there is any yet. */
  whole(viewer: TopicViewer): void {
    if (this.#document === undefined) return;
    viewer.send({ topic: this.name, kind: "whole", data: JSON.stringify(this.#document) });
  }

  publish(document: object): void {
    if (this.#viewers.size === 0) return;
    const before = this.#document;
    const after = document as Fields;
    this.#document = after;
    const patch = before === undefined ? after : patchBetween(before, after);
    if (patch === undefined) return;
    const message = {
      topic: this.name,
      kind: before === undefined ? ("whole" as const) : ("patch" as const),
      data: JSON.stringify(patch),
    };
    for (const viewer of this.#viewers) {
      if (viewer.isReady()) viewer.send(message);
      else viewer.miss(this);
    }
  }
}
