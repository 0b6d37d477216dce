import assert from "node:assert/strict";
import { formatPythonFloat } from "../../src/forest/classifier_file/python_float.ts";

/** Written by Python's repr. */
const KNOWN: [number, string][] = [
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [-706, "-706.0"],
  [0.1, "0.1"],
  [1 / 3, "0.3333333333333333"],
  [0.0001, "0.0001"],
  [0.00012345, "0.00012345"],
  [0.00009999, "9.999e-05"],
  [1e-5, "1e-05"],
  [-1.5e-7, "-1.5e-07"],
  [1e-10, "1e-10"],
  [1.5e-300, "1.5e-300"],
  [5e-324, "5e-324"],
  [2.2250738585072014e-308, "2.2250738585072014e-308"],
  [123456789012345.6, "123456789012345.6"],
  [9999999999999998, "9999999999999998.0"],
  [1e16, "1e+16"],
  [12345678901234567890, "1.2345678901234567e+19"],
  [1e21, "1e+21"],
  [1e22, "1e+22"],
  [1.7976931348623157e308, "1.7976931348623157e+308"],
  [Math.fround(117.54742431640625), "117.54742431640625"],
  [Math.fround(0.1), "0.10000000149011612"],
  [Math.fround(1e-5), "9.999999747378752e-06"],
  [Math.fround(3e38), "3.0000000054977558e+38"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  [NaN, "nan"],
];

Deno.test("numbers are written as Python writes them", () => {
  for (const [value, text] of KNOWN) {
    assert.equal(formatPythonFloat(value), text);
  }
});

Deno.test("what is written reads back as the same number", () => {
  for (const value of randomDoubles(20_000)) {
    const text = formatPythonFloat(value);
    assert.equal(Number(text), value);
    assert.match(text, /^-?(\d+\.\d+|\d(\.\d+)?e[+-]\d{2,})$/);
  }
});

Deno.test("random numbers are written as the Python on this machine writes them", async () => {
  const values = [...randomDoubles(5000), ...KNOWN.map(([value]) => value).filter(Number.isFinite)];
  const bytes = new Float64Array(values);
  const python = await runPython(
    "import sys,array;a=array.array('d');a.frombytes(sys.stdin.buffer.read());" +
      "print('\\n'.join(map(repr,a)))",
    new Uint8Array(bytes.buffer),
  );
  if (python === undefined) return; // The other tests hold without Python.
  assert.deepEqual(values.map(formatPythonFloat), python.trim().split("\n"));
});

/** Doubles of every magnitude: random bits, whole numbers, short decimals, 32-bit floats. */
function* randomDoubles(count: number): Generator<number> {
  let state = 12345;
  const next = () => (state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0) >>> 0;
  const bits = new DataView(new ArrayBuffer(8));
  while (count > 0) {
    bits.setUint32(0, next());
    bits.setUint32(4, next());
    const value = bits.getFloat64(0);
    if (!Number.isFinite(value)) continue;
    const decimal = next() % 100_000 * 10 ** (next() % 40 - 20);
    yield [
      value,
      Math.trunc(next() * 2 ** (next() % 30)),
      decimal,
      Math.fround(decimal),
    ][count % 4];
    count--;
  }
}

async function runPython(program: string, input: Uint8Array): Promise<string | undefined> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("python3", {
      args: ["-c", program],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const writer = child.stdin.getWriter();
  await writer.write(input);
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}
