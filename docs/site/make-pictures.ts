/**
 * Draws the pictures of docs/pictures from their texts there: `npm run pictures`. Each SVG follows the light or dark mode of its reader,
 * and begins with the digest of its text, by which a test sees that it is current.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { D2 } from "@terrastruct/d2";

const folder = fileURLToPath(new URL("../pictures", import.meta.url));
const light = 0;
const dark = 200;

const d2 = new D2();
for (const name of readdirSync(folder).filter((file) => file.endsWith(".d2"))) {
  const text = readFileSync(join(folder, name), "utf8");
  const { diagram, renderOptions } = await d2.compile(text, { layout: "elk" });
  const svg = await d2.render(diagram, {
    ...renderOptions,
    themeID: light,
    darkThemeID: dark,
    pad: 20,
    noXMLTag: true,
  });
  const digest = createHash("sha256").update(text).digest("hex");
  writeFileSync(join(folder, name.replace(/\.d2$/, ".svg")), `<!-- made from ${name}, sha256 ${digest} -->\n${svg}\n`);
}
process.exit(0);
