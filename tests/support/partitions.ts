/** Whether two label images divide the pixels alike, whatever the numbers. */
export function samePartition(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  const toB = new Map<number, number>();
  const toA = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    if ((a[i] === 0) !== (b[i] === 0)) return false;
    if (!toB.has(a[i])) toB.set(a[i], b[i]);
    if (!toA.has(b[i])) toA.set(b[i], a[i]);
    if (toB.get(a[i]) !== b[i] || toA.get(b[i]) !== a[i]) return false;
  }
  return true;
}
