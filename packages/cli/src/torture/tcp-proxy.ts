/**
 * A TCP proxy to break links with. What it does to its links: passes everything on, late where a delay is set; resets them; refuses
 * new ones; falls silent: it swallows every byte and keeps the sockets open, as a firewall does that has forgotten a link; or
 * stalls: it accepts links that go silent while they are being made, as a load balancer without a backend does. It holds what one side has sent until the other takes it, so it is for faults and not for bulk.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

type Manner = "open" | "cut" | "silent" | "stalled";

export class TcpProxy {
  readonly #server: Server;
  readonly #connectUpstream: () => Socket;
  readonly #links = new Set<Link>();
  #manner: Manner = "open";
  #delayMs = 0;
  #repliesBeforeStall = 0;

  private constructor(connectUpstream: () => Socket) {
    this.#connectUpstream = connectUpstream;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Listens on a free port of this machine. `connectUpstream` opens the far end of one link. */
  static async start(connectUpstream: () => Socket): Promise<TcpProxy> {
    const proxy = new TcpProxy(connectUpstream);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many links are open. */
  get links(): number {
    return this.#links.size;
  }

  /** From now on everything arrives this much later, each way; 0: at once. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Resets all links; new ones are welcome. */
  reset(): void {
    for (const link of this.#links) link.reset();
  }

  /** Resets all links, and new ones as they come, until {@link recover}. */
  cut(): void {
    this.#manner = "cut";
    this.reset();
  }

  /** Swallows every byte of all links, and of new ones, until {@link recover}; no socket is closed. */
  fallSilent(): void {
    this.#manner = "silent";
    for (const link of this.#links) link.isSilent = true;
  }

  /**
   * Resets all links. New ones pass on so many replies, and then nothing more; {@link recover} ends that for links that come later, and
   * leaves these as they are.
   */
  stall(replies: number): void {
    this.#manner = "stalled";
    this.#repliesBeforeStall = replies;
    this.reset();
  }

  /** Passes everything on again. Links that swallowed something are reset: what they lost does not come back. */
  recover(): void {
    this.#manner = "open";
    this.#delayMs = 0;
    for (const link of this.#links) if (link.isSilent && !link.isStalled) link.reset();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(near: Socket): void {
    if (this.#manner === "cut") {
      near.on("error", () => undefined);
      near.resetAndDestroy();
      return;
    }
    const link = new Link(near, this.#connectUpstream(), () => this.#delayMs);
    link.isSilent = this.#manner === "silent";
    if (this.#manner === "stalled") link.stallAfter(this.#repliesBeforeStall);
    this.#links.add(link);
    link.onEnd = () => this.#links.delete(link);
  }
}

/** A pair of sockets. One side that ends takes the other along, unless the link is silent: then neither side notices. */
class Link {
  isSilent = false;
  isStalled = false;
  onEnd: () => void = () => undefined;
  readonly #near: Socket;
  readonly #far: Socket;

  constructor(near: Socket, far: Socket, delayMs: () => number) {
    this.#near = near;
    this.#far = far;
    this.#carry(near, far, delayMs);
    this.#carry(far, near, delayMs);
  }

  /** Falls silent for good once that many replies have passed. */
  stallAfter(replies: number): void {
    let left = replies;
    this.isStalled = true;
    this.isSilent = left === 0;
    this.#far.on("data", () => {
      left -= 1;
      if (left === 0) this.isSilent = true;
    });
  }

  reset(): void {
    this.#near.resetAndDestroy();
    // It may be a link of TLS or to a unix socket, which cannot be reset.
    this.#far.destroy();
    this.onEnd();
  }

  #carry(from: Socket, to: Socket, delayMs: () => number): void {
    const lane = new DelayedLane((chunk) => {
      if (!this.isSilent && to.writable) to.write(chunk);
    });
    from.setNoDelay(true);
    from.on("data", (chunk: Buffer) => {
      if (!this.isSilent) lane.send(chunk, delayMs());
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      if (!this.isSilent) this.reset();
    });
  }
}

/** Bytes on their way. They keep their order, also when the delay changes between them and when timers come late. */
class DelayedLane {
  readonly #deliver: (chunk: Buffer) => void;
  readonly #onTheWay: Array<{ readonly chunk: Buffer; readonly dueAt: number }> = [];

  constructor(deliver: (chunk: Buffer) => void) {
    this.#deliver = deliver;
  }

  send(chunk: Buffer, delayMs: number): void {
    if (delayMs === 0 && this.#onTheWay.length === 0) {
      this.#deliver(chunk);
      return;
    }
    this.#onTheWay.push({ chunk, dueAt: performance.now() + delayMs });
    if (this.#onTheWay.length === 1) this.#arm(delayMs);
  }

  #arm(ms: number): void {
    setTimeout(() => this.#arrive(), ms).unref();
  }

  #arrive(): void {
    for (let first = this.#onTheWay[0]; first !== undefined; first = this.#onTheWay[0]) {
      const restMs = first.dueAt - performance.now();
      if (restMs > 0) {
        this.#arm(restMs);
        return;
      }
      this.#onTheWay.shift();
      this.#deliver(first.chunk);
    }
  }
}
