import { cropPlane, type Plane, planeIndex } from "./plane_cpu.ts";

/** The first plane minus, or divided by, the second. */
export function combineCpu(
  operator: "subtract" | "divide",
  first: Plane,
  second: Plane,
  out: Plane,
): void {
  const { x, y, z, width, height, depth } = out.region;
  const a = first.data;
  const b = second.data;
  let to = 0;
  for (let k = z; k < z + depth; k++) {
    for (let j = y; j < y + height; j++, to += width) {
      const p = planeIndex(first, x, j, k);
      const q = planeIndex(second, x, j, k);
      if (operator === "subtract") {
        for (let i = 0; i < width; i++) out.data[to + i] = a[p + i] - b[q + i];
      } else {
        for (let i = 0; i < width; i++) out.data[to + i] = a[p + i] / b[q + i];
      }
    }
  }
}

/** Every pixel to the power of an exponent; a negative one to a fraction is not a number. */
export function powerCpu(source: Plane, exponent: number, out: Plane): void {
  mapPixels(source, out, (data) => {
    for (let i = 0; i < data.length; i++) data[i] = Math.pow(data[i], exponent);
  });
}

/** (x / maximum)^gamma × maximum; all 0 where the maximum is 0. */
export function gammaCpu(source: Plane, gamma: number, maximum: number, out: Plane): void {
  mapPixels(source, out, (data) => {
    for (let i = 0; i < data.length; i++) {
      data[i] = maximum === 0 ? 0 : Math.pow(data[i] / maximum, gamma) * maximum;
    }
  });
}

function mapPixels(source: Plane, out: Plane, map: (data: Float32Array) => void): void {
  cropPlane(source, out.region, out.data);
  map(out.data);
}
