// Prints what a first view weighs over the wire and fails when it is more than the limit of 150 KB.
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const LIMIT = 150 * 1024;
// A page of the product itself: the largest one measured (an answer page with its table), gzip.
const PAGE = 20 * 1024;
const DIST = new URL("../../peixun/kernel/static/peixun/dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(fileURLToPath(new URL("manifest.json", DIST)), "utf8"));

function filesOf(key, seen = new Set()) {
  const entry = manifest[key];
  if (!entry) throw new Error(`${key} is not in the manifest: run npm run build`);
  seen.add(entry.file);
  for (const imported of entry.imports ?? []) filesOf(imported, seen);
  return seen;
}

function weigh(file) {
  const bytes = (suffix) => statSync(fileURLToPath(new URL(file + suffix, DIST))).size;
  return { file, raw: bytes(""), gzip: bytes(".gz"), brotli: bytes(".br") };
}

function show(title, files) {
  const rows = [...files].map(weigh);
  const total = (kind) => rows.reduce((sum, row) => sum + row[kind], 0);
  rows.push({ file: title, raw: total("raw"), gzip: total("gzip"), brotli: total("brotli") });
  for (const row of rows) {
    const kb = (n) => `${(n / 1024).toFixed(1)} KB`.padStart(10);
    console.log(`${row.file.padEnd(34)}${kb(row.raw)}${kb(row.gzip)} gzip${kb(row.brotli)} brotli`);
  }
  console.log("");
  return total("gzip");
}

const first = new Set(["src/app.css", "src/app.ts", "src/icons.svg"].flatMap((key) => [...filesOf(key)]));
const charts = new Set([...filesOf("src/charts.ts")].filter((file) => !first.has(file)));
const firstView = show("= first view", first);
show("= loaded after it, with a chart", charts);

const sum = firstView + PAGE;
console.log(`first view with a page of ${PAGE / 1024} KB: ${(sum / 1024).toFixed(1)} KB, limit ${LIMIT / 1024} KB`);
process.exit(sum > LIMIT ? 1 : 0);
