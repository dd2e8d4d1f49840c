import type { TrendData } from "./data";
import { axisLabel, commonOptions, count, innerAxis, percent, share, shortCount, unseen, type Look } from "./look";

type Key = "due" | "covered" | "fulfilled";
const KEYS: Key[] = ["due", "covered", "fulfilled"];

function lastKnown(values: (number | null)[]): number {
  for (let index = values.length - 1; index >= 0; index -= 1) if (values[index] != null) return index;
  return -1;
}

function words(data: TrendData, key: Key, month: number): string {
  const value = data[key][month] ?? null;
  if (value === null) return "—";
  const people = `${count(value)} ${data.unit}`;
  return key === "due" ? people : `${people} · ${percent(share(value, data.due[month] ?? null))}`;
}

/** Columns by month: those due as the track, covered in it, fulfilled within covered; words beside the last one. */
export function trendOptions(data: TrendData, look: Look, width: number): Record<string, unknown> {
  const shown = (key: Key): (number | null)[] =>
    data.share ? data[key].map((value, i) => share(value, data.due[i] ?? null)) : data[key];
  const last = lastKnown(data.covered);
  const format = (value: number): string => (data.share ? percent(value) : count(value));

  const wide = KEYS.map((key, order) => ({
    type: "bar",
    name: data.words[key],
    barGap: "-100%",
    barWidth: "64%",
    z: 2 + order,
    itemStyle: { color: look[key] },
    emphasis: { disabled: true },
    tooltip: { valueFormatter: (_: unknown, i: number) => words(data, key, i) },
    data: shown(key).map((value, i) => ({
      value,
      label: {
        show: i === last && key !== "due" && value !== null,
        position: key === "fulfilled" ? ["190%", "0%"] : ["110%", "0%"],
        color: key === "fulfilled" ? look.text : look.second,
        fontSize: look.size,
        fontWeight: key === "fulfilled" ? 600 : 400,
        formatter: () => `${data.words[key]} ${value === null ? "" : format(value)}`,
      },
    })),
    labelLayout: { moveOverlap: "shiftY" },
  }));

  return {
    ...commonOptions(look),
    grid: { left: 4, right: last >= data.months.length - 2 ? look.size * (data.share ? 6.5 : 7) : 8, top: 12, bottom: 4, outerBoundsMode: "same" },
    xAxis: [
      {
        type: "category",
        data: data.months,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: look.second } },
        axisLabel: { ...axisLabel(look), interval: width < 480 ? 2 : 0 },
      },
      innerAxis(data.months),
    ],
    yAxis: {
      type: "value",
      min: 0,
      ...(data.share ? { max: 100 } : {}),
      splitNumber: 4,
      splitLine: { lineStyle: { color: look.line } },
      axisLabel: { ...axisLabel(look), formatter: (v: number) => (data.share ? `${v}%` : shortCount(v)) },
    },
    tooltip: {
      ...(commonOptions(look)["tooltip"] as object),
      trigger: "axis",
      axisPointer: { type: "none" },
    },
    series: [...wide.slice(0, 2), unseen({ ...wide[2], data: shown("fulfilled") }), { ...wide[2], xAxisIndex: 1, barWidth: "28%" }],
  };
}
