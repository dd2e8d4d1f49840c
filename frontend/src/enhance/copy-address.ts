import { onContent, within } from "./on-content";

/** `<button data-px-copy data-done="已复制" hidden>`: shown only where copying works; copies this page's address. */
export function startCopy(): void {
  if (!navigator.clipboard) return;
  onContent((root) => {
    for (const button of within<HTMLButtonElement>(root, "button[data-px-copy]")) button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-px-copy]");
    const label = button?.querySelector("[data-label]");
    if (!button || !label) return;
    navigator.clipboard.writeText(button.dataset["pxCopy"] || location.href).then(
      () => {
        label.textContent = button.dataset["done"] ?? label.textContent;
      },
      () => {
        button.hidden = true;
      },
    );
  });
}
