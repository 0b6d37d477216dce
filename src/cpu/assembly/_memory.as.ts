/** Copies vectors until at least `bytes` are there; the two do not overlap. */
export function copyBytes(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}

/** Writes zeros until at least `bytes` are there. */
export function clearBytes(to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.splat<i32>(0));
}
