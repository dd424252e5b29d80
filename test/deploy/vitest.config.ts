import { defineConfig } from "vitest/config";

// scripts/test-deploy runs these: they need helm, or Go
export default defineConfig({ test: { root: import.meta.dirname, include: ["*.check.ts"], testTimeout: 300_000 } });
