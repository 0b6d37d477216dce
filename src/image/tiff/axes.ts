/** What an axis of a stack of pages is to us. */
export type Role = "frame" | "channel" | "depth";

/** One axis of a stack of pages. */
export interface Axis {
  readonly role: Role;
  readonly size: number;
}

/** The pages of a file as frames, channels and planes. */
export interface Stack {
  readonly frames: number;
  readonly channels: number;
  readonly depth: number;
  /** The place, in the order of the file, of a plane. */
  planeIndex(frame: number, channel: number, z: number): number;
}

/** A stack whose axes are listed from the slowest to the fastest. */
export function stackOf(axes: readonly Axis[]): Stack {
  const count = (role: Role) =>
    axes.reduce((product, axis) => axis.role === role ? product * axis.size : product, 1);
  return {
    frames: count("frame"),
    channels: count("channel"),
    depth: count("depth"),
    planeIndex(frame, channel, z) {
      const rest = { frame, channel, depth: z };
      let index = 0;
      let stride = 1;
      // From the fastest axis on: several axes of one role count like the digits of a number.
      for (let i = axes.length - 1; i >= 0; i--) {
        const { role, size } = axes[i];
        index += (rest[role] % size) * stride;
        rest[role] = Math.floor(rest[role] / size);
        stride *= size;
      }
      return index;
    },
  };
}

/** The role of an axis by the letter that TIFF descriptions give it. */
export function roleOf(letter: string): Role {
  if (letter === "C" || letter === "S") return "channel";
  if (letter === "Z" || letter === "I" || letter === "Q") return "depth";
  return "frame";
}
