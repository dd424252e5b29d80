#!/usr/bin/env node
/** `npm create callgrid` is `callgrid init` of the callgrid that is installed with this package. */
import { createRequire } from "node:module";

const manifest = "callgrid/package.json";
const { bin } = createRequire(import.meta.url)(manifest);
process.argv.splice(2, 0, "init");
await import(new URL(bin.callgrid, import.meta.resolve(manifest)).href);
