import type { BarRow, BarsData } from "./data";
import { axisLabel, commonOptions, count, percent, share, type Look } from "./look";

/** Height in pixels that the rows need. */
export function barsHeight(data: BarsData, look: Look): number {
  return data.rows.length * Math.round(look.size * 2.6) + 8;
}

function words(data: BarsData, row: BarRow): string {
  const line = (word: string, value: number): string =>
    `${word} ${count(value)} ${data.unit}（${percent(share(value, row.due))}）`;
  return [
    row.name,
    `${data.words.due} ${count(row.due)} ${data.unit}`,
    line(data.words.covered, row.covered),
    ...(row.fulfilled === null ? [] : [line(data.words.fulfilled, row.fulfilled)]),
  ].join("\n");
}

/** One row for each audience, drawn as shares of those due: small audiences stay as readable as large ones. */
export function barsOptions(data: BarsData, look: Look, width: number): Record<string, unknown> {
  // ECharts draws upwards: the first row shall stand on top.
  const rows = [...data.rows].reverse();
  const names = rows.map((row) => row.name);
  const bar = (name: string, color: string, barWidth: number, values: (number | null)[], z: number): object => ({
    type: "bar",
    name,
    z,
    // An axis of its own keeps the thin bars in the middle of the thick ones.
    yAxisIndex: z === 4 ? 1 : 0,
    barGap: "-100%",
    barWidth,
    cursor: rows.some((row) => row.url) ? "pointer" : "default",
    itemStyle: { color },
    emphasis: { disabled: true },
    data: values,
  });
  const thick = Math.round(look.size * 1.1);
  const track = bar(data.words.due, look.due, thick, rows.map((row) => (row.due ? 100 : null)), 2);
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
      { type: "category", data: names, show: false },
    ],
    tooltip: {
      ...(commonOptions(look)["tooltip"] as object),
      trigger: "axis",
      axisPointer: { type: "none" },
      formatter: (points: { dataIndex: number }[]) => {
        const row = rows[points[0]?.dataIndex ?? 0];
        return row ? words(data, row) : "";
      },
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
      bar(data.words.covered, look.covered, thick, rows.map((row) => share(row.covered, row.due)), 3),
      bar(data.words.fulfilled, look.fulfilled, Math.round(thick * 0.42), rows.map((row) => share(row.fulfilled, row.due)), 4),
    ],
  };
}

/** Where a click on a row leads. */
export function barsUrl(data: BarsData, dataIndex: number): string | undefined {
  return data.rows[data.rows.length - 1 - dataIndex]?.url;
}
