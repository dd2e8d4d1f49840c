import type htmxType from "htmx.org";

/** Strict content security policy, no page kept on the device, a refused form is shown again. */
export function configure(htmx: typeof htmxType): void {
  htmx.config.allowEval = false;
  htmx.config.allowScriptTags = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.selfRequestsOnly = true;
  // Pages hold personal data: going back asks the server again instead of the browser's storage.
  htmx.config.historyCacheSize = 0;
  htmx.config.refreshOnHistoryMiss = true;
  htmx.config.responseHandling = [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ];
}

/** When a fragment doesn't arrive, says so in the page's message area. */
export function startTroubleNotice(): void {
  const show = (): void => {
    const area = document.getElementById("messages");
    const words = area?.dataset["trouble"];
    if (!area || !words || area.querySelector("[data-trouble-notice]")) return;
    const notice = document.createElement("div");
    notice.className = "px-notice px-notice--error";
    notice.dataset["troubleNotice"] = "";
    const text = document.createElement("div");
    text.textContent = words;
    notice.append(text);
    area.append(notice);
    area.scrollIntoView({ block: "nearest" });
  };
  const clear = (): void => document.querySelector("[data-trouble-notice]")?.remove();
  document.addEventListener("htmx:sendError", show);
  document.addEventListener("htmx:timeout", show);
  document.addEventListener("htmx:responseError", show);
  document.addEventListener("htmx:afterSwap", clear);
}
