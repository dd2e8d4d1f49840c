// Builds src/ into the kernel's static files, with hashed names and a manifest that `{% asset %}` reads.
import { defineConfig } from "vite";
import { iconSprite } from "./build/icon-sprite.mjs";
import { precompress } from "./build/precompress.mjs";
import { darkTwin } from "./build/dark-twin.mjs";
import { noEval } from "./build/no-eval.mjs";
import { onlyUsedTabler } from "./build/only-used-tabler.mjs";

export default defineConfig({
  // Relative addresses: the chunks find each other wherever STATIC_URL points.
  base: "./",
  publicDir: false,
  css: { postcss: { plugins: [onlyUsedTabler(), darkTwin()] } },
  plugins: [noEval(), iconSprite(), precompress()],
  build: {
    outDir: "../peixun/kernel/static/peixun/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Phones in villages are old, and so is the browser inside WeChat.
    target: ["chrome87", "firefox78", "safari14"],
    cssTarget: ["chrome87", "firefox78", "safari14"],
    rollupOptions: {
      input: { app: "src/app.ts", charts: "src/charts.ts", style: "src/app.css" },
    },
    // Charts are loaded after the first view; what the first view may weigh is checked by `npm run size`.
    chunkSizeWarningLimit: 700,
  },
});
