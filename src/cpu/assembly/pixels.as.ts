// What is computed of every pixel: features strip by strip, and predictions from them.

export { runStrips } from "./_features";
export { predict, scratchBytes } from "./_forest";
