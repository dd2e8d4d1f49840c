// Theme and large print: the server reads the same two cookies, and the forms work without this script.
const YEAR = 365 * 24 * 3600;

function remember(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value === "" ? 0 : YEAR;
  document.cookie = `${name}=${value}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}

function apply(field: string, value: string): void {
  const root = document.documentElement;
  const attribute = field === "theme" ? "data-bs-theme" : "data-print";
  if (value === "") root.removeAttribute(attribute);
  else root.setAttribute(attribute, value);
  remember(field === "theme" ? "px_theme" : "px_print", value);
  for (const button of document.querySelectorAll<HTMLButtonElement>(`[data-px-display] button[name="${field}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
  document.dispatchEvent(new CustomEvent("px:display"));
}

export function startDisplay(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const button = event.submitter;
    if (!form.matches("[data-px-display]") || !(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    apply(button.name, button.value);
  });
}
