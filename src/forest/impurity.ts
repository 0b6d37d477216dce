/** The Gini impurity of class weights in `counts` from `offset` on: 1 − Σ c² / w². */
export function gini(counts: Float64Array, offset: number, numClasses: number): number {
  let weight = 0;
  let squares = 0;
  for (let i = offset; i < offset + numClasses; i++) {
    weight += counts[i];
    squares += counts[i] * counts[i];
  }
  return 1 - squares / (weight * weight);
}

/** The sum of the class weights in `counts` from `offset` on. */
export function weightOf(counts: Float64Array, offset: number, numClasses: number): number {
  let weight = 0;
  for (let i = offset; i < offset + numClasses; i++) weight += counts[i];
  return weight;
}
