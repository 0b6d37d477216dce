import type { ChangeSet } from "./annotation_changes.ts";
import type {
  AnnotationSize,
  FillCommand,
  InSlice,
  PaintCommand,
  PasteCommand,
  StrokeCommand,
} from "./annotation_command.ts";
import { fillConnected } from "./annotation_fill.ts";
import type { TileGrid } from "./annotation_tiles.ts";
import { visitCapsule } from "./strokes/capsule.ts";
import { visitPolygon } from "./strokes/polygon.ts";

/** Paints one checked command into the tiles and notes what changed. */
export function paintCommand(
  grid: TileGrid,
  size: Required<AnnotationSize>,
  command: PaintCommand,
  changes: ChangeSet,
): void {
  const over = command.over ?? -1;
  switch (command.kind) {
    case "stroke":
      return paintStroke(grid, sliceOf(command, size), command, over, changes);
    case "polygon": {
      const slice = sliceOf(command, size);
      return visitPolygon(command.points, grid, (y, x0, x1) => {
        grid.paintRow(slice, y, x0, x1, command.value, over, changes);
      });
    }
    case "fill":
      return paintFill(grid, size, command, over, changes);
    case "swap":
      for (let slice = 0; slice < grid.slices; slice++) {
        grid.exchange(slice, command.a, command.b, changes);
      }
      return;
    case "clear": {
      const everywhere = command.z === undefined && command.t === undefined;
      const first = everywhere ? 0 : sliceOf(command, size);
      const end = everywhere ? grid.slices : first + 1;
      for (let slice = first; slice < end; slice++) {
        grid.replace(slice, command.value ?? -1, 0, changes);
      }
      return;
    }
    case "paste":
      return paintRuns(grid, command, changes);
  }
}

function sliceOf({ z = 0, t = 0 }: InSlice, { depth }: AnnotationSize): number {
  return t * depth + z;
}

function paintStroke(
  grid: TileGrid,
  slice: number,
  { points, size, value }: StrokeCommand,
  over: number,
  changes: ChangeSet,
): void {
  const paint = (y: number, x0: number, x1: number) =>
    grid.paintRow(slice, y, x0, x1, value, over, changes);
  let ax = points[0];
  let ay = points[1];
  for (let i = points.length > 2 ? 2 : 0; i < points.length; i += 2) {
    visitCapsule(ax, ay, points[i], points[i + 1], size, grid, paint);
    ax = points[i];
    ay = points[i + 1];
  }
}

function paintFill(
  grid: TileGrid,
  size: Required<AnnotationSize>,
  command: FillCommand,
  over: number,
  changes: ChangeSet,
): void {
  const slice = sliceOf(command, size);
  const volume = command.dimensions === 3;
  const first = volume ? slice - slice % size.depth : slice;
  const end = volume ? first + size.depth : slice + 1;
  const { x, y, value } = command;
  const from = grid.at(x, y, slice);
  if (over >= 0 && from !== over) return;
  if (command.contiguous ?? true) {
    fillConnected(grid, { x, y, slice, value, first, end }, changes);
  } else {
    for (let s = first; s < end; s++) grid.replace(s, from, value, changes);
  }
}

function paintRuns(grid: TileGrid, { runs }: PasteCommand, changes: ChangeSet): void {
  const { width, height, slices } = grid;
  const total = width * height * slices;
  let next = 0;
  const paint = (length: number, value: number) => {
    const end = next + length;
    while (next < end) {
      const row = Math.floor(next / width);
      const slice = Math.floor(row / height);
      const x = next - row * width;
      const to = Math.min(width, x + end - next);
      grid.paintRow(slice, row - slice * height, x, to, value, -1, changes);
      next += to - x;
    }
  };
  for (let i = 0; i < runs.length; i += 2) paint(runs[i], runs[i + 1]);
  paint(total - next, 0);
}
