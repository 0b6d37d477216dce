/**
 * A number as Python's `repr` of a float writes it: the fewest digits that read back as the same
 * number, a decimal point always, an exponent of at least two digits below 1e-4 and from 1e16 on.
 */
export function formatPythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${value}.0`;
  const magnitude = Math.abs(value);
  // Between these bounds JavaScript writes no exponent either, and always a fraction.
  if (magnitude >= 1e-4 && magnitude < 1e16) return String(value);
  const [digits, exponent] = value.toExponential().split("e");
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}
