/** The names that a cell defines and needs. */
export interface CellNames {
  readonly output?: string;
  readonly outputs: readonly string[];
  readonly inputs: readonly string[];
}

/** The names that a cell defines: of a view, the element's and the value's. */
export function definedNames({ output, outputs }: Omit<CellNames, "inputs">): string[] {
  if (output === undefined) return [...outputs];
  const name = output.replace(/^viewof\$|^mutable /, "");
  return name === output ? [name] : [output, name];
}

/**
 * What is wrong with the cell at `place` among the others, in one sentence: a name that another
 * cell defines too, or a circle of cells that need each other. Undefined when nothing is.
 */
export function graphProblem(cells: readonly CellNames[], place: number): string | undefined {
  const defined = cells.map(definedNames);
  for (const name of defined[place]) {
    const other = defined.findIndex((names, i) => i !== place && names.includes(name));
    if (other < 0) continue;
    const readable = name.replace("$", " ");
    return `Expected a name of its own but found ${readable} defined in another cell too. ` +
      "Give one of them another name.";
  }
  const circle = circleThrough(cells, defined, place);
  if (!circle) return undefined;
  const names = circle.map((i) => defined[i].at(-1) ?? "this cell");
  return `Expected cells that lead from one to the next but found a circle: ${
    [...names, names[0]].join(" → ")
  }. Let one of them do without the others.`;
}

/** The shortest way from a cell over those that need it back to itself. */
function circleThrough(
  cells: readonly CellNames[],
  defined: readonly string[][],
  place: number,
): number[] | undefined {
  const before = new Map<number, number>();
  const waiting = [place];
  for (const at of waiting) {
    for (const [i, { inputs }] of cells.entries()) {
      if (!inputs.some((input) => defined[at].includes(input))) continue;
      if (i === place) {
        const circle = [at];
        while (circle[0] !== place) circle.unshift(before.get(circle[0])!);
        return circle;
      }
      if (before.has(i)) continue;
      before.set(i, at);
      waiting.push(i);
    }
  }
  return undefined;
}
