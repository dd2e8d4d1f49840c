// The product's own sources that a build must look into: templates, and Python that names icons or classes.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const PRODUCT = fileURLToPath(new URL("../../peixun", import.meta.url));
const SKIPPED = new Set(["__pycache__", "static", "migrations", "locale"]);

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* walk(path);
    } else if (/\.(html|py)$/.test(entry.name)) {
      yield path;
    }
  }
}

/** Every template and Python file as `{ path, name, kind: "html" | "py", text }`; `name` is for messages. */
export function productFiles() {
  return [...walk(PRODUCT)].map((path) => ({
    path,
    name: relative(join(PRODUCT, ".."), path),
    kind: path.endsWith(".py") ? "py" : "html",
    text: readFileSync(path, "utf8"),
  }));
}
