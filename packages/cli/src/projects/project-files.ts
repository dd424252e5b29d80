/** The files of a new project, from the templates. */
import { templateFile } from "../files/template-file.ts";

export type Language = "typescript" | "javascript";

const shared = ["README.md", ".gitignore", ".dockerignore"];
const byLanguage: Readonly<Record<Language, readonly string[]>> = {
  typescript: ["functions.ts", "app.ts", "functions.test.ts", "package.json", "tsconfig.json", "compose.yaml"],
  javascript: ["functions.js", "app.js", "functions.test.js", "package.json", "compose.yaml"],
};
/** What the templates have in place of the project's name. */
const templateName = '"name": "project"';

/** Their texts by name. */
export function projectFiles(name: string, language: Language): ReadonlyMap<string, string> {
  const paths = [...byLanguage[language].map((file) => [language, file]), ...shared.map((file) => ["project", file])];
  return new Map(
    paths.map(([folder, file = ""]) => {
      const text = templateFile(`${folder}/${file}`);
      return [file, text.replace(templateName, () => `"name": ${JSON.stringify(name)}`)];
    }),
  );
}
