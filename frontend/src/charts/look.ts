// Colours and type of the charts come from the page's own tokens, so they follow theme and large print.

export interface Look {
  font: string;
  /** Size of the small text in a chart, in pixels. */
  size: number;
  text: string;
  second: string;
  line: string;
  card: string;
  page: string;
  due: string;
  covered: string;
  fulfilled: string;
  missing: string;
}

export function currentLook(): Look {
  const root = getComputedStyle(document.documentElement);
  const token = (name: string): string => root.getPropertyValue(`--px-${name}`).trim();
  return {
    font: token("font"),
    size: Math.round(parseFloat(root.fontSize) * 0.8125),
    text: token("text"),
    second: token("text-second"),
    line: token("line"),
    card: token("card"),
    page: token("page"),
    due: token("due-track"),
    covered: token("covered"),
    fulfilled: token("fulfilled"),
    missing: token("missing-text"),
  };
}

const chinese = (): boolean => document.documentElement.lang.toLowerCase().startsWith("zh");

/** 98012 as "98,012". */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** For axes: 80000 as "8万" in Chinese, "80k" in English. */
export function shortCount(value: number): string {
  if (value < 10_000) return count(value);
  return chinese() ? `${value / 10_000}万` : `${value / 1_000}k`;
}

/** Share in percent, rounded down to one digit, as the server does: 100.0 means all. */
export function share(part: number | null, whole: number | null): number | null {
  if (part === null || !whole) return null;
  return Math.floor((part * 1000) / whole) / 10;
}

export function percent(value: number | null): string {
  return value === null ? "—" : `${value.toFixed(1)}%`;
}

/** What all charts have in common: no motion, our type, a quiet tooltip drawn in the canvas itself. */
export function commonOptions(look: Look): Record<string, unknown> {
  return {
    animation: false,
    textStyle: { fontFamily: look.font, fontSize: look.size, color: look.second },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: look.card,
      borderColor: look.line,
      borderWidth: 1,
      padding: [8, 12],
      shadowBlur: 0,
      shadowOffsetX: 0,
      shadowOffsetY: 0,
      shadowColor: "transparent",
      textStyle: { color: look.text, fontFamily: look.font, fontSize: look.size },
    },
  };
}

/** A second, unseen axis for the narrow bars, which so stand in the middle of the wide ones; the tooltip passes it over. */
export function innerAxis(names: string[]): Record<string, unknown> {
  return { type: "category", data: names, show: false, axisPointer: { show: false, triggerTooltip: false } };
}

/** An unseen twin of the narrow series on the first axis: the tooltip takes its words and colour. */
export function unseen(series: Record<string, unknown>): Record<string, unknown> {
  const { itemStyle, ...rest } = series;
  return { ...rest, itemStyle: { ...(itemStyle as object), opacity: 0 }, silent: true, label: { show: false } };
}

export function axisLabel(look: Look): Record<string, unknown> {
  return { color: look.second, fontSize: look.size, fontFamily: look.font };
}

function channels(colour: string): [number, number, number] {
  const hex = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  return hex ? [parseInt(hex[1]!, 16), parseInt(hex[2]!, 16), parseInt(hex[3]!, 16)] : [128, 128, 128];
}

function luminance(rgb: [number, number, number]): number {
  const [r, g, b] = rgb.map((c) => (c <= 10 ? c / 3294 : ((c / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The ramp of coverage: nothing at 0, covered's colour at 50, fulfilled's at 100. */
export function coverageColour(look: Look, value: number): string {
  const [from, to, at] = value < 50 ? [look.due, look.covered, value / 50] : [look.covered, look.fulfilled, (value - 50) / 50];
  const a = channels(from);
  const b = channels(to);
  const mixed = a.map((c, i) => Math.round(c + (b[i]! - c) * at));
  return `#${mixed.map((c) => c.toString(16).padStart(2, "0")).join("")}`;
}

/** Black or white, whichever reads better on the colour. */
export function inkOn(colour: string): string {
  const light = luminance(channels(colour));
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}
