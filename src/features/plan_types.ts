/** A value per axis: x, y, z. */
export type Vec3 = readonly [x: number, y: number, z: number];

/** A 3 × 3 (× 3) neighbourhood filter. */
export type StencilName =
  | "laplace_box"
  | "laplace_diamond"
  | "sobel"
  | "gradient_x"
  | "gradient_y"
  | "gradient_z"
  | "small_hessian_eigenvalue"
  | "large_hessian_eigenvalue";

/** What a window filter takes over the neighbourhood. */
export type WindowStatistic =
  | "mean"
  | "median"
  | "minimum"
  | "maximum"
  | "variance"
  | "standard_deviation";

/** An operation that a backend implements; every feature is composed of these. */
export type Operation =
  | { readonly kind: "input"; readonly channel: number }
  | { readonly kind: "gaussian"; readonly sigma: Vec3 }
  | { readonly kind: "stencil"; readonly name: StencilName }
  | {
    readonly kind: "window";
    readonly statistic: WindowStatistic;
    readonly shape: "box" | "sphere";
    /** Half-widths in pixels, whole numbers; 0 along z in 2D. */
    readonly radius: Vec3;
  }
  /** First input minus, or divided by, the second. */
  | { readonly kind: "combine"; readonly operator: "subtract" | "divide" }
  | { readonly kind: "power"; readonly exponent: number }
  /** (x / maximum)^gamma × maximum, the maximum being that of its input over the whole image. */
  | { readonly kind: "gamma"; readonly gamma: number };

/** One operation of a plan, applied to the results of earlier ones. */
export interface Step {
  /** What is computed. */
  readonly operation: Operation;
  /** Indices of earlier steps. */
  readonly inputs: readonly number[];
  /** How far, in pixels per axis, the result reaches into the image from a pixel. */
  readonly halo: Vec3;
  /** A name for people: `"gaussian_blur=1"`, with the channel behind it where there are several. */
  readonly name: string;
}

/** One plane of the feature stack. */
export interface PlannedFeature {
  /** As in the specification, with `_1`, `_2`, … behind it for further channels, as APOC names it. */
  readonly name: string;
  /** The step whose result it is; -1 where the plan was pruned of it; its plane then is all 0. */
  readonly step: number;
}

/** A feature specification resolved into shared steps, in an order that can be run as it is. */
export interface FeaturePlan {
  /** What was asked for. */
  readonly specification: string;
  /** The channels that a tile must have. */
  readonly numChannels: number;
  /** 2 for planes, 3 for volumes. */
  readonly dimensions: 2 | 3;
  /** The operations; inputs come before what uses them. */
  readonly steps: readonly Step[];
  /** In the order of the specification, the first channel's features before the second's. */
  readonly features: readonly PlannedFeature[];
  /** The largest halo of any feature. */
  readonly halo: Vec3;
  /** Steps whose maximum over the whole image must be known before their `gamma` successors run. */
  readonly reductions: readonly number[];
}
