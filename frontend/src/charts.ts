// Draws the figures of a page on canvas; loaded only where one stands (enhance/chart-loader.ts).
import { BarChart, CustomChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use, type ECharts } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { barsHeight, barsOptions, barsUrl } from "./charts/bars";
import { readData, type BarsData, type HeatData, type TrendData } from "./charts/data";
import { heatHeight, heatOptions, heatUrl } from "./charts/heat";
import { currentLook, type Look } from "./charts/look";
import { trendOptions } from "./charts/trend";

use([BarChart, CustomChart, GridComponent, TooltipComponent, LabelLayout, CanvasRenderer]);

interface Kind {
  options: (look: Look, width: number) => Record<string, unknown>;
  /** Pixels; without it the style sheet's height holds. */
  height?: (look: Look) => number;
  url?: (dataIndex: number, value: unknown) => string | undefined;
}

function kindOf(name: string, raw: unknown): Kind {
  if (name === "trend") {
    const data = raw as TrendData;
    return { options: (look, width) => trendOptions(data, look, width) };
  }
  if (name === "bars") {
    const data = raw as BarsData;
    return {
      options: (look, width) => barsOptions(data, look, width),
      height: (look) => barsHeight(data, look),
      url: (dataIndex) => barsUrl(data, dataIndex),
    };
  }
  if (name === "heat") {
    const data = raw as HeatData;
    return {
      options: (look, width) => heatOptions(data, look, width),
      height: (look) => heatHeight(data, look),
      url: (_, value) => heatUrl(data, value),
    };
  }
  throw new Error(`no chart of the kind "${name}"`);
}

interface Drawing {
  box: HTMLElement;
  kind: Kind;
  chart: ECharts;
}

const drawings = new Map<HTMLElement, Drawing>();

function draw({ box, kind, chart }: Drawing): void {
  const look = currentLook();
  if (kind.height) box.style.height = `${kind.height(look)}px`;
  chart.resize();
  chart.setOption(kind.options(look, box.clientWidth), true);
  chart.getZr().flush();
}

function redrawAll(): void {
  for (const [figure, drawing] of drawings) {
    if (figure.isConnected) draw(drawing);
    else {
      watcher.unobserve(drawing.box);
      drawing.chart.dispose();
      drawings.delete(figure);
    }
  }
}

const watcher = new ResizeObserver((entries) => {
  for (const entry of entries) {
    const figure = entry.target.closest<HTMLElement>("figure.px-chart");
    const drawing = figure && drawings.get(figure);
    if (drawing && drawing.chart.getWidth() !== drawing.box.clientWidth) draw(drawing);
  }
});

function drawingBox(figure: HTMLElement): HTMLElement {
  const box = document.createElement("div");
  box.className = "px-chart-drawing";
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", figure.querySelector("figcaption")?.textContent?.trim() ?? "");
  const caption = figure.querySelector("figcaption");
  if (caption) caption.after(box);
  else figure.prepend(box);
  return box;
}

async function drawOne(figure: HTMLElement): Promise<void> {
  if (drawings.has(figure)) return;
  const kind = kindOf(figure.dataset["chart"] ?? "", await readData(figure));
  const box = drawingBox(figure);
  if (kind.height) box.style.height = `${kind.height(currentLook())}px`;
  const drawing: Drawing = { box, kind, chart: init(box, null, { renderer: "canvas" }) };
  drawings.set(figure, drawing);
  drawing.chart.on("click", (event) => {
    const url = kind.url?.(event.dataIndex, event.value);
    if (url) location.assign(url);
  });
  draw(drawing);
  watcher.observe(box);
}

/** Draws each figure; where that fails, its table opens instead. */
export function drawAll(figures: HTMLElement[]): void {
  for (const figure of figures) {
    drawOne(figure).catch((reason: unknown) => {
      console.error(reason);
      const table = figure.querySelector("details");
      if (table) table.open = true;
    });
  }
}

document.addEventListener("px:display", redrawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);

// Paper is white: while printing, charts are drawn in the light colours.
let chosenTheme: string | null = null;
window.addEventListener("beforeprint", () => {
  chosenTheme = document.documentElement.getAttribute("data-bs-theme");
  document.documentElement.setAttribute("data-bs-theme", "light");
  redrawAll();
});
window.addEventListener("afterprint", () => {
  if (chosenTheme === null) document.documentElement.removeAttribute("data-bs-theme");
  else document.documentElement.setAttribute("data-bs-theme", chosenTheme);
  redrawAll();
});
