/** Makes the dashboard's page of its sources, in packages/dashboard/dist/page: `bundle.mjs` runs it, and puts the files into the bundle. */
import { readFileSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

export const pageSources = fileURLToPath(new URL("../packages/dashboard/src/", import.meta.url));
export const pageFolder = fileURLToPath(new URL("../packages/dashboard/dist/page/", import.meta.url));

/** Resolves to the ids of the modules in the page. */
export async function bundlePage() {
  const source = join(pageSources, "page");
  await mkdir(pageFolder, { recursive: true });
  const bundler = await rolldown({
    input: { page: join(source, "main.tsx") },
    platform: "browser",
    transform: { target: "es2022" },
  });
  const { output } = await bundler.write({
    dir: pageFolder,
    entryFileNames: "[name].js",
    minify: true,
    codeSplitting: false,
  });
  await bundler.close();
  const chartStyle = createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css");
  const styles = [chartStyle, join(source, "page.css")].map((path) => readFileSync(path, "utf8"));
  await writeFile(join(pageFolder, "page.css"), styles.join("\n"));
  for (const file of ["index.html", "icon.svg"]) await copyFile(join(source, file), join(pageFolder, file));
  return [chartStyle, ...output.flatMap(({ moduleIds = [] }) => moduleIds)];
}
