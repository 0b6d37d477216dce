/**
 * Flags of the WebGPU standard. Every runtime has them as globals, but TypeScript's browser types
 * do not declare those.
 *
 * Source: https://www.w3.org/TR/webgpu/#namespacedef-gpubufferusage and following.
 */
export const BufferUsage = {
  MAP_READ: 0x0001,
  COPY_SRC: 0x0004,
  COPY_DST: 0x0008,
  UNIFORM: 0x0040,
  STORAGE: 0x0080,
  QUERY_RESOLVE: 0x0200,
} as const;

/** Mapping for reading. */
export const MAP_MODE_READ = 0x0001;

/** Bindings that compute shaders see. */
export const SHADER_STAGE_COMPUTE = 0x4;
