import { onContent, within } from "./on-content";

/** Loads the charts (the heavy part) only when a page or a fragment holds one, and once the page itself stands. */
export function startCharts(): void {
  onContent((root) => {
    const figures = within<HTMLElement>(root, "figure.px-chart");
    if (figures.length === 0) return;
    whenLoaded(() => void import("../charts").then(({ drawAll }) => drawAll(figures)));
  });
}

/** On a slow line the words and the numbers come first. */
function whenLoaded(draw: () => void): void {
  if (document.readyState === "complete") draw();
  else window.addEventListener("load", draw, { once: true });
}
