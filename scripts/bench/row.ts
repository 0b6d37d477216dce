/** One line of a benchmark: a piece of work, how long it takes here and how long the peer takes. */
export interface Row {
  /** What is done, on what. */
  readonly work: string;
  /** The median, in milliseconds. */
  readonly ms: number;
  /** What `ms` is per piece, where that says more: for example `"39 ns a pixel"`. */
  readonly each?: string;
  /** Who does the same work in the same run. */
  readonly peer?: string;
  /** The peer's median, in milliseconds. */
  readonly peerMs?: number;
  /** The most memory that the process held meanwhile, in MB; unknown where the system hides it. */
  readonly peakMB?: number;
}

/** How many times as long the peer takes. */
export function peerRatio({ ms, peerMs }: Row): number | undefined {
  return peerMs === undefined ? undefined : peerMs / ms;
}

/** The rows as a Markdown table. */
export function formatRows(rows: readonly Row[]): string {
  const head = ["work", "Daub, ms", "each", "peer", "peer, ms", "peer ÷ Daub", "peak, MB"];
  const cells = rows.map((row) => [
    row.work,
    formatNumber(row.ms),
    row.each ?? "",
    row.peer ?? "",
    formatNumber(row.peerMs),
    formatNumber(peerRatio(row)),
    row.peakMB === undefined ? "" : row.peakMB.toFixed(0),
  ]);
  const widths = head.map((title, i) =>
    Math.max(...[title, ...cells.map((c) => c[i])].map(length))
  );
  const line = (parts: readonly string[]) =>
    `| ${parts.map((part, i) => pad(part, widths[i], isNumber(i))).join(" | ")} |`;
  const rule = `| ${
    widths.map((width, i) => isNumber(i) ? "-".repeat(width - 1) + ":" : "-".repeat(width))
      .join(" | ")
  } |`;
  return [line(head), rule, ...cells.map(line)].join("\n");
}

/** Three digits that count. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return "";
  if (value >= 100) return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
  return value.toFixed(value >= 10 ? 1 : 2);
}

function isNumber(column: number): boolean {
  return column === 1 || column >= 4;
}

function pad(text: string, width: number, toTheRight: boolean): string {
  const space = " ".repeat(width - length(text));
  return toTheRight ? space + text : text + space;
}

function length(text: string): number {
  return [...text].length;
}
