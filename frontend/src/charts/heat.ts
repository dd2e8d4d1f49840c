import type { HeatData } from "./data";
import { axisLabel, commonOptions, coverageColour, inkOn, percent, type Look } from "./look";

export function heatHeight(data: HeatData, look: Look): number {
  return data.rows.length * Math.round(look.size * 2.3) + Math.round(look.size * 2.4);
}

interface CellApi {
  value: (dimension: number) => number;
  coord: (point: number[]) => number[];
  size: (span: number[]) => number[];
}

function cell(api: CellApi, look: Look, room: boolean): Record<string, unknown> {
  const value = api.value(2);
  const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
  const [width = 0, height = 0] = api.size([1, 1]);
  const fill = coverageColour(look, value);
  const style = { text: String(Math.floor(value)), fill: inkOn(fill), fontSize: look.size - 1, fontFamily: look.font };
  return {
    type: "rect",
    shape: { x: x - width / 2, y: y - height / 2, width: width - 1, height: height - 1 },
    style: { fill },
    ...(room ? { textContent: { type: "text", style }, textConfig: { position: "inside" } } : {}),
  };
}

/** Organisations by month; a cell's colour is its coverage, the number stands in it where there is room. */
export function heatOptions(data: HeatData, look: Look, width: number): Record<string, unknown> {
  const rows = [...data.rows].reverse();
  const longest = Math.max(0, ...rows.map((row) => row.name.length));
  const names = Math.min(width * 0.34, look.size * (longest + 1), look.size * 12);
  const cellWidth = (width - names) / Math.max(1, data.months.length);
  const room = cellWidth > look.size * 2.1;
  const cells = rows.flatMap((row, y) =>
    row.values.flatMap((value, x) => {
      if (value === null) return [];
      return [{ name: `${row.name} ${data.months[x] ?? ""}`, value: [x, y, value], itemStyle: { color: coverageColour(look, value) } }];
    }),
  );
  return {
    ...commonOptions(look),
    grid: { left: 4, right: 4, top: 4, bottom: 4, outerBoundsMode: "same" },
    xAxis: {
      type: "category",
      position: "top",
      data: data.months,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...axisLabel(look), interval: room ? 0 : 2 },
    },
    yAxis: {
      type: "category",
      data: rows.map((row) => row.name),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...axisLabel(look), color: look.text, width: names, overflow: "truncate" },
    },
    tooltip: {
      ...(commonOptions(look)["tooltip"] as object),
      trigger: "item",
      valueFormatter: (value: number) => percent(value),
    },
    series: [
      {
        type: "custom",
        name: data.measure,
        encode: { x: 0, y: 1, value: 2, tooltip: [2] },
        cursor: rows.some((row) => row.url) ? "pointer" : "default",
        data: cells,
        renderItem: (_: unknown, api: CellApi) => cell(api, look, room),
      },
    ],
  };
}

export function heatUrl(data: HeatData, value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  return data.rows[data.rows.length - 1 - Number(value[1])]?.url;
}
