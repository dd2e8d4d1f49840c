// The shapes that a page hands to its charts; docs in README.md. Words come translated from the server.

/** Words of one series, so that chart and table speak alike. */
export interface Words {
  due: string;
  covered: string;
  fulfilled: string;
}

interface Common {
  words: Words;
  /** Unit of the counts: 人 or 人次. */
  unit: string;
}

/** People against those due, month by month; null where a month has not come yet. */
export interface TrendData extends Common {
  months: string[];
  due: (number | null)[];
  covered: (number | null)[];
  fulfilled: (number | null)[];
  /** Draw shares of those due instead of counts. */
  share?: boolean;
}

export interface BarRow {
  name: string;
  due: number;
  covered: number;
  fulfilled: number | null;
  url?: string;
}

export interface BarsData extends Common {
  rows: BarRow[];
}

export interface HeatRow {
  name: string;
  /** Coverage in percent, one for each month. */
  values: (number | null)[];
  url?: string;
}

export interface HeatData {
  months: string[];
  rows: HeatRow[];
  /** What the percentage is: 覆盖率. */
  measure: string;
}

/** Reads the data of a figure: from a JSON script of the page (`data-chart-data`) or an address (`data-chart-src`). */
export async function readData(figure: HTMLElement): Promise<unknown> {
  const source = figure.dataset["chartSrc"];
  if (source) {
    const answer = await fetch(source, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${source}: ${answer.status}`);
    return answer.json();
  }
  const id = figure.dataset["chartData"] ?? "";
  const element = document.getElementById(id);
  if (!element?.textContent) throw new Error(`no data with the id "${id}"`);
  return JSON.parse(element.textContent);
}
