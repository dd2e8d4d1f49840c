import type { BarRow, BarsData } from "./data";
import { axisLabel, commonOptions, count, innerAxis, percent, share, unseen, type Look } from "./look";

/** Height in pixels that the rows need. */
export function barsHeight(data: BarsData, look: Look): number {
  return data.rows.length * Math.round(look.size * 2.6) + 8;
}

type Key = "due" | "covered" | "fulfilled";
const KEYS: Key[] = ["due", "covered", "fulfilled"];

function words(data: BarsData, key: Key, row: BarRow | undefined): string {
  const value = row?.[key] ?? null;
  if (!row || value === null) return "—";
  const people = `${count(value)} ${data.unit}`;
  return key === "due" ? people : `${people} · ${percent(share(value, row.due))}`;
}

/** One row for each audience, drawn as shares of those due: small audiences stay as readable as large ones. */
export function barsOptions(data: BarsData, look: Look, width: number): Record<string, unknown> {
  // ECharts draws upwards: the first row shall stand on top.
  const rows = [...data.rows].reverse();
  const names = rows.map((row) => row.name);
  const bar = (key: Key, barWidth: number, values: (number | null)[]): Record<string, unknown> => ({
    type: "bar",
    name: data.words[key],
    z: 2 + KEYS.indexOf(key),
    barGap: "-100%",
    barWidth,
    cursor: rows.some((row) => row.url) ? "pointer" : "default",
    itemStyle: { color: look[key] },
    tooltip: { valueFormatter: (_: unknown, i: number) => words(data, key, rows[i]) },
    emphasis: { disabled: true },
    data: values,
  });
  const thick = Math.round(look.size * 1.1);
  const fulfilled = rows.map((row) => share(row.fulfilled, row.due));
  const track = bar("due", thick, rows.map((row) => (row.due ? 100 : null)));
  return {
    ...commonOptions(look),
    grid: { left: 4, right: look.size * 4.2, top: 4, bottom: 4, outerBoundsMode: "same" },
    xAxis: { type: "value", min: 0, max: 100, show: false },
    yAxis: [
      {
        type: "category",
        data: names,
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { ...axisLabel(look), color: look.text, width: Math.min(width * 0.38, look.size * 14), overflow: "truncate" },
      },
      innerAxis(names),
    ],
    tooltip: {
      ...(commonOptions(look)["tooltip"] as object),
      trigger: "axis",
      axisPointer: { type: "none" },
    },
    series: [
      {
        ...track,
        label: {
          show: true,
          position: "right",
          color: look.text,
          fontSize: look.size,
          fontWeight: 600,
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            percent(share(rows[dataIndex]?.covered ?? null, rows[dataIndex]?.due ?? null)),
        },
      },
      bar("covered", thick, rows.map((row) => share(row.covered, row.due))),
      unseen(bar("fulfilled", thick, fulfilled)),
      { ...bar("fulfilled", Math.round(thick * 0.42), fulfilled), yAxisIndex: 1 },
    ],
  };
}

/** Where a click on a row leads. */
export function barsUrl(data: BarsData, dataIndex: number): string | undefined {
  return data.rows[data.rows.length - 1 - dataIndex]?.url;
}
