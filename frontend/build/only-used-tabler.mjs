// Leaves of Tabler's style sheet only what the product's templates and forms use.
import { PurgeCSS } from "purgecss";
import { productFiles } from "./product-files.mjs";

const CLASS_IN_PYTHON = /["']?\bclass(?:es)?["']?\s*[:=]\s*f?["']([^"']+)["']/g;

function contents() {
  return productFiles().map(({ kind, text }) => ({
    extension: "html",
    raw: kind === "html" ? text : [...text.matchAll(CLASS_IN_PYTHON)].map((match) => match[1]).join("\n"),
  }));
}

function isTabler(node) {
  return Boolean(node.source?.input.file?.includes("@tabler/core"));
}

export function onlyUsedTabler() {
  return {
    postcssPlugin: "peixun-only-used-tabler",
    async Once(root, { postcss, parse }) {
      const theirs = root.nodes.filter(isTabler);
      const first = theirs[0];
      if (!first) return;
      const css = postcss.root({ nodes: theirs.map((node) => node.clone()) }).toString();
      const [purged] = await new PurgeCSS().purge({
        content: contents(),
        css: [{ raw: css }],
        variables: true,
        keyframes: true,
        fontFace: true,
        // What a browser or the theme switch puts on a page without a template saying so.
        safelist: { standard: ["html", "body", ":root", "dialog", "optgroup", "option", "data-bs-theme"] },
      });
      first.before(parse(purged.css, { from: first.source.input.file }).nodes);
      for (const node of theirs) node.remove();
    },
  };
}
