// One SVG file with the icons that templates and Python name; an icon that doesn't exist fails the build.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { productFiles } from "./product-files.mjs";

// `{% icon "home" %}`, `icon="home"` and `icon: str = "home"`, `"icon": "home"`; nothing inside comments of templates.
const NAMED = /\bicon["']?(?:\s*:\s*str)?\s*[=:]?\s*["']([a-z][a-z0-9-]*)["']/g;

function iconFile(name) {
  return fileURLToPath(new URL(`../node_modules/@tabler/icons/icons/outline/${name}.svg`, import.meta.url));
}

/** Names of all icons in use, each with the first file that names it; icons.json adds what pages commonly need. */
export function usedIcons(files = productFiles()) {
  const always = JSON.parse(readFileSync(fileURLToPath(new URL("../icons.json", import.meta.url)), "utf8"));
  const used = new Map(always.map((name) => [name, "frontend/icons.json"]));
  for (const file of files) {
    const text = file.text.replace(/\{% comment %\}[\s\S]*?\{% endcomment %\}|\{#.*?#\}/g, "");
    for (const [, name] of text.matchAll(NAMED)) {
      if (!used.has(name)) used.set(name, file.name);
    }
  }
  return used;
}

function symbol(name) {
  const svg = readFileSync(iconFile(name), "utf8");
  const drawing = svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`;
}

export function iconSprite() {
  return {
    name: "peixun-icon-sprite",
    apply: "build",
    buildStart() {
      const used = usedIcons();
      const missing = [...used].filter(([name]) => !existsSync(iconFile(name)));
      if (missing.length > 0) {
        const list = missing.map(([name, where]) => `"${name}" in ${where}`).join(", ");
        this.error(`no such outline icon in @tabler/icons: ${list}`);
      }
      const symbols = [...used.keys()].sort().map(symbol).join("\n");
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "src/icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols}\n</svg>\n`,
      });
    },
  };
}
