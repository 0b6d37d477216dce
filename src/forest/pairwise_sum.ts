/**
 * The sum of an array in NumPy's order of additions, so that results that are normalised by it
 * equal scikit-learn's to the last bit: eight interleaved partial sums, and halves beyond 128
 * values.
 */
export function pairwiseSum(values: Float64Array): number {
  const { length } = values;
  if (length > 128) {
    const half = (length >> 1) - (length >> 1) % 8;
    return pairwiseSum(values.subarray(0, half)) + pairwiseSum(values.subarray(half));
  }
  let sum = 0;
  let i = 0;
  if (length >= 8) {
    const parts = values.slice(0, 8);
    for (i = 8; i + 8 <= length; i += 8) {
      for (let k = 0; k < 8; k++) parts[k] += values[i + k];
    }
    const [a, b, c, d, e, f, g, h] = parts;
    sum = ((a + b) + (c + d)) + ((e + f) + (g + h));
  }
  for (; i < length; i++) sum += values[i];
  return sum;
}
