// Built by scripts/build_wasm.ts from assembly/forest.as.ts; not to be edited.

/** The functions of the kernels. Pointers, lengths and strides as the source says. */
export interface Kernels {
  orderFloats(from: number, to: number, length: number): void;
}

/** Where the binary says whether its memory is shared between threads. */
export const MEMORY_FLAGS = 32;

/** The binary. */
export const BASE64 =
  "AGFzbQEAAAABBwFgA39/fwACEgEDZW52Bm1lbW9yeQIDAYCABAMCAQAHDwELb3JkZXJGbG9hdHMAAAqWAQGTAQIBewJ/A0AgAiAESgRAIARBAnQiBSAAav0ABAAhAyABIAVq/Qz///9/////f////3////9//QwAAACAAAAAgAAAAIAAAACAIAP9sQEgAyADQR/9rAH9UiAD/Qz///9/////f////3////9//U79DAAAgH8AAIB/AACAfwAAgH/9O/1S/QsEACAEQQRqIQQMAQsLCw==";
