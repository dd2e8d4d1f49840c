// A filter bar is sent as soon as a choice is made; its button stays for whoever has no script.
const STEPPING = new Set(["ArrowDown", "ArrowUp", "Home", "End", "PageUp", "PageDown"]);

function isChoice(field: EventTarget | null): field is HTMLSelectElement | HTMLInputElement {
  if (field instanceof HTMLSelectElement) return true;
  return field instanceof HTMLInputElement && /^(checkbox|radio|date|month)$/.test(field.type);
}

/** Choices that are stepped through with the arrow keys wait until one leaves the field or presses Enter. */
export function startAutoSubmit(): void {
  let stepping: EventTarget | null = null;
  const send = (field: EventTarget | null): void => {
    if (!isChoice(field)) return;
    if (field.form?.matches("[data-px-autosubmit]")) field.form.requestSubmit();
  };
  document.addEventListener("keydown", (event) => {
    if (STEPPING.has(event.key)) stepping = event.target;
    else if (event.key === "Enter" && stepping === event.target) {
      stepping = null;
      send(event.target);
    }
  });
  document.addEventListener("pointerdown", () => {
    stepping = null;
  });
  document.addEventListener("change", (event) => {
    if (stepping !== event.target) send(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (stepping !== event.target || !isChoice(event.target)) return;
    stepping = null;
    send(event.target);
  });
}
