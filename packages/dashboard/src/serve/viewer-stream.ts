/**
 * What one viewer is sent, as server-sent events. A viewer that reads slowly holds one message here at most: what it misses meanwhile comes
 * as a whole document when it reads on.
 */
import type { Topic, TopicViewer } from "../collect/topic.ts";

type Message = Parameters<TopicViewer["send"]>[0];

export class ViewerStream implements TopicViewer {
  readonly body: ReadableStream<Uint8Array>;
  readonly #missed = new Set<Topic>();
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(onEnd: () => void) {
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#catchUp(),
      cancel: () => {
        this.#controller = undefined;
        this.#missed.clear();
        onEnd();
      },
    });
  }

  isReady(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  send({ topic, kind, data }: Message): void {
    const event = JSON.stringify({ topic, kind });
    this.#controller?.enqueue(this.#encoder.encode(`data: ${event.slice(0, -1)},"data":${data}}\n\n`));
  }

  miss(topic: Topic): void {
    this.#missed.add(topic);
  }

  #catchUp(): void {
    for (const topic of this.#missed) {
      if (!this.isReady()) return;
      this.#missed.delete(topic);
      topic.whole(this);
    }
  }
}
