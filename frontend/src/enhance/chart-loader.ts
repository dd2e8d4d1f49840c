import { onContent, within } from "./on-content";

/** Loads the charts (the heavy part) only when a page or a fragment holds one. */
export function startCharts(): void {
  onContent((root) => {
    const figures = within<HTMLElement>(root, "figure.px-chart");
    if (figures.length === 0) return;
    void import("../charts").then(({ drawAll }) => drawAll(figures));
  });
}
