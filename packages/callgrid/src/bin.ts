#!/usr/bin/env node
/** The `callgrid` command. From Node 22.1 on, what one start has compiled is kept on disk for the next. */
import nodeModule from "node:module";

const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();
await import("./command-process.ts");
