import { onContent, within } from "./on-content";

/** `<button data-px-print hidden>`: shown where a script can open the print dialogue. */
export function startPrint(): void {
  onContent((root) => {
    for (const button of within<HTMLButtonElement>(root, "button[data-px-print]")) button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("button[data-px-print]")) window.print();
  });
}
