/** How a compute shader uses a storage buffer. */
export type Access = "read" | "read_write";

/**
 * A compute shader with its interface spelt out, so that a pipeline has the same explicit layout
 * whatever the compiler drops.
 *
 * Binding 0 is a uniform block (the parameters of a dispatch), bindings 1, 2, … are storage buffers
 * in the order of `buffers`. Workgroups are numbered linearly, `workgroup_id.x + workgroup_id.y *
 * num_workgroups.x`, because one dimension ends at 65,535.
 */
export interface Kernel {
  /** Unique; used in labels and error messages. */
  readonly name: string;
  /** WGSL. */
  readonly code: string;
  /** Default `"main"`. */
  readonly entryPoint?: string;
  readonly buffers: readonly Access[];
  /** Values of the shader's `override` constants. */
  readonly constants?: Readonly<Record<string, number>>;
}

/** A key under which equal kernels share a compiled pipeline. */
export function kernelKey({ name, entryPoint = "main", constants = {} }: Kernel): string {
  const values = Object.entries(constants).sort(([a], [b]) => a < b ? -1 : 1);
  return `${name}:${entryPoint}(${values.map(([key, value]) => `${key}=${value}`).join(",")})`;
}
