import { onContent, within } from "./on-content";

/** Cells without a `data-label` take the words of their column's head, for the cards on narrow screens. */
export function startTables(): void {
  onContent((root) => {
    for (const table of within<HTMLTableElement>(root, "table.px-table")) {
      const heads = [...table.querySelectorAll("thead tr:last-child > *")].map((head) => head.textContent?.trim() ?? "");
      for (const row of table.querySelectorAll<HTMLTableRowElement>("tbody tr, tfoot tr")) {
        if (row.cells.length !== heads.length) continue;
        [...row.cells].forEach((cell, index) => {
          if (cell.tagName === "TD" && !cell.dataset["label"]) cell.dataset["label"] = heads[index] ?? "";
        });
      }
    }
  });
}
