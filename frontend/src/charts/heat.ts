import type { HeatData } from "./data";
import { axisLabel, commonOptions, coverageColour, inkOn, percent, type Look } from "./look";

export function heatHeight(data: HeatData, look: Look): number {
  return data.rows.length * Math.round(look.size * 2.3) + Math.round(look.size * 2.4);
}

/** Organisations by month; a cell's colour is its coverage, the number stands in it where there is room. */
export function heatOptions(data: HeatData, look: Look, width: number): Record<string, unknown> {
  const rows = [...data.rows].reverse();
  const names = Math.min(width * 0.34, look.size * 12);
  const cellWidth = (width - names) / Math.max(1, data.months.length);
  const room = cellWidth > look.size * 2.4;
  const cells = rows.flatMap((row, y) =>
    row.values.flatMap((value, x) => {
      if (value === null) return [];
      const color = coverageColour(look, value);
      return [{ value: [x, y, value], itemStyle: { color }, label: { color: inkOn(color) } }];
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
      formatter: ({ value }: { value: [number, number, number] }) =>
        `${rows[value[1]]?.name ?? ""}\n${data.months[value[0]] ?? ""} ${data.measure} ${percent(value[2])}`,
    },
    // The series needs one; the colours are set cell by cell.
    visualMap: { show: false, min: 0, max: 100, seriesIndex: [], type: "continuous" },
    series: [
      {
        type: "heatmap",
        // All at once: a page that goes to the printer waits for no second frame.
        progressive: 0,
        cursor: rows.some((row) => row.url) ? "pointer" : "default",
        data: cells,
        itemStyle: { borderColor: look.card, borderWidth: 1 },
        emphasis: { disabled: true },
        label: { show: room, fontSize: look.size - 1, formatter: ({ value }: { value: number[] }) => String(Math.floor(value[2] ?? 0)) },
      },
    ],
  };
}

export function heatUrl(data: HeatData, value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  return data.rows[data.rows.length - 1 - Number(value[1])]?.url;
}
