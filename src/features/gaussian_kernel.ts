/**
 * The weights of a sampled Gaussian from its centre outwards, their sum over both sides being 1.
 *
 * The kernel covers floor(8 sigma) pixels, made odd, as clEsperanto's does.
 */
export function gaussianWeights(sigma: number): Float64Array {
  const weights = new Float64Array(gaussianRadius(sigma) + 1);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = i === 0 ? 1 : Math.exp(-(i * i) / (2 * sigma * sigma));
    sum += i === 0 ? 1 : 2 * weights[i];
  }
  return weights.map((weight) => weight / sum);
}

/** How many pixels the kernel reaches to either side. */
export function gaussianRadius(sigma: number): number {
  return Math.floor(Math.trunc(8 * sigma) / 2);
}
