/**
 * Receives one horizontal run of pixels: row `y`, from `x0` up to and without `x1`. Runs of one
 * shape come in rows from top to bottom.
 */
export type SpanVisitor = (y: number, x0: number, x1: number) => void;

/** The rectangle that runs are cut to: `width` × `height` pixels from (0, 0). */
export interface Clip {
  readonly width: number;
  readonly height: number;
}
