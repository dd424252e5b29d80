/** The page's files. They are read once, and sent compressed. */
import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import { pageContent } from "./page-content.ts";

/** One file as it is sent. */
interface PageFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

export class PageFiles {
  readonly #files = new Map<string, PageFile>();

  /** The answer with a file; 404 for one that is not a file of the page. */
  send(context: Context, name: string): Response {
    const file = this.#files.get(name) ?? this.#read(name);
    if (file === undefined) return context.json({ error: "there is no such page" }, 404);
    const isZipped = /\bgzip\b/.test(context.req.header("accept-encoding") ?? "");
    return context.body(isZipped ? file.zipped : file.plain, 200, {
      "content-type": file.type,
      vary: "accept-encoding",
      ...(isZipped ? { "content-encoding": "gzip" } : {}),
    });
  }

  #read(name: string): PageFile | undefined {
    const type = types[name];
    if (type === undefined || !Object.hasOwn(types, name)) return undefined;
    const content = Buffer.from(pageContent(name));
    const file = { type, plain: new Uint8Array(content), zipped: new Uint8Array(gzipSync(content)) };
    this.#files.set(name, file);
    return file;
  }
}
