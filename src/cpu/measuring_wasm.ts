// Built by scripts/build_wasm.ts from assembly/measuring.as.ts; not to be edited.

/** The functions of the kernels. Pointers, lengths and strides as the source says. */
export interface Kernels {
  findRuns(
    labels: number,
    width: number,
    rows: number,
    starts: number,
    ends: number,
    found: number,
    firstOfRow: number,
  ): number;
}

/** Where the binary says whether its memory is shared between threads. */
export const MEMORY_FLAGS = 37;

/** The binary. */
export const BASE64 =
  "AGFzbQEAAAABDAFgB39/f39/f38BfwISAQNlbnYGbWVtb3J5AgMBgIAEAwIBAAcMAQhmaW5kUnVucwAACuECAd4CAQd/A0AgAiALSgRAIAYgB0ECdjYCAEEAIQpBACEJA0AgASAJSgRAIAAgCUECdGoiCEEQaiEMIAj9AAQAIAhBBGv9AAQA/TggDP0ABAAgDEEEa/0ABAD9OP2FASAIQSBqIgz9AAQAIAxBBGv9AAQA/TggCEEwaiII/QAEACAIQQRr/QAEAP04/YUB/WX9ZCEIIAlFBEAgCEF+cSAAKAIAQQBHciEICyABIAlrIgxBEEgEQCAIQQEgDHRBAWtxIQgLA0AgCARAIAkgCGhqIQ0gCgRAIAQgB2ogDTYCACAHQQRqIQcLIAAgDUECdGooAgAiDEEARyIKBEAgAyAHaiANNgIAIAUgB2ogDDYCAAsgCCAIQQFrcSEIDAELCyAJQRBqIQkMAQsLIAoEQCAEIAdqIAE2AgAgB0EEaiEHCyALQQFqIQsgACABQQJ0aiEAIAZBBGohBgwBCwsgB0ECdgs=";
