/** Every public export says how stable it is, and docs/reference/stability.md lists them. After a change: `npx vitest run test/docs/stability.test.ts -u`. */
import { parseSync } from "rolldown/utils";
import { expect, it } from "vitest";

const levels = ["public", "beta", "experimental"] as const;

interface TypeBundler {
  /** Resolves to the declarations of one entry of the package, with their comments. */
  typesOf(entry: string): Promise<string>;
}

const script: string = new URL("../../scripts/bundle-types.mjs", import.meta.url).href;
const { typesOf }: TypeBundler = await import(script);

/** The exports of an entry, each with the levels that its comment has. */
async function levelsOf(entry: string): Promise<Array<readonly [name: string, levels: string[]]>> {
  const text = await typesOf(entry);
  const { program, comments } = parseSync("types.d.ts", text);
  const exported = program.body.flatMap((node) => (node.type === "ExportNamedDeclaration" ? node.specifiers : []));
  return exported.map(({ local, exported }) => {
    const name = textOf(local);
    const places = program.body.filter((node) => declares(node, name)).map(({ start }) => start);
    const above = comments.filter(({ end }) =>
      places.some((start) => /^\s*$/.test(text.slice(end, start)) && end <= start),
    );
    return [textOf(exported), levels.filter((level) => above.some(({ value }) => value.includes(`@${level}`)))];
  });
}

function textOf(name: { readonly name: string } | { readonly value: string }): string {
  return "name" in name ? name.name : name.value;
}

function declares(node: object, name: string): boolean {
  const { id, declarations } = node as {
    readonly id?: { readonly name: string } | null;
    readonly declarations?: ReadonlyArray<{ readonly id: object }>;
  };
  return id?.name === name || declarations?.some((each) => "name" in each.id && each.id.name === name) === true;
}

const page = (exports: ReadonlyArray<readonly [name: string, levels: readonly string[]]>): string => {
  const namesOf = (level: string): string =>
    exports
      .filter(([, [first]]) => first === level)
      .map(([name]) => `\`${name}\``)
      .sort()
      .join(", ");
  return `# Stability

Every export of \`callgrid\` and \`callgrid/client\` has one of these tags. Editors show it on hover, and the API reference shows it at the export.

| tag | promise |
|---|---|
| \`@public\` | Stays compatible within a major version; while the version is 0.x, within a minor version. The changelog describes each change. |
| \`@beta\` | Complete and tested. Its form may change in a minor version; the changelog says how to adapt. |
| \`@experimental\` | May change or disappear in any version. |

The packages \`@callgrid/…\` behind these two entries are not published, and have no such promise. The [API reports](../../packages/callgrid/api) show each
change of an export.

## Exports

- **Public:** ${namesOf("public")}
- **Beta:** ${namesOf("beta")}
- **Experimental:** ${namesOf("experimental")}
`;
};

const ofIndex = await levelsOf("index");
const ofClient = await levelsOf("client");

it("every export has exactly one tag of stability", () => {
  expect(ofIndex.length).toBeGreaterThan(50);
  expect([...ofIndex, ...ofClient].filter(([, found]) => found.length !== 1)).toEqual([]);
});

it("the page of stability lists every export", async () => {
  await expect(page([...new Map([...ofIndex, ...ofClient])])).toMatchFileSnapshot("../../docs/reference/stability.md");
});
