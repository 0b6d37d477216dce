import { END, type Scanner } from "./scanner.ts";

/** Reads the kernel from its signature to the last `float s1=0;` before the trees. */
export function parsePreamble(scanner: Scanner, numFeatures: number, numClasses: number): void {
  scanner.expect("__kernel void predict (");
  let inputs = 0;
  while (scanner.token === `IMAGE_in${inputs}_TYPE`) {
    scanner.expect(`IMAGE_in${inputs}_TYPE in${inputs} ,`);
    inputs++;
  }
  if (inputs !== numFeatures) {
    scanner.refuse(`${numFeatures} features, as the header says,`, inputs);
  }
  scanner.expect("IMAGE_out_TYPE out ) {");
  scanner.expect("sampler_t sampler = CLK_NORMALIZED_COORDS_FALSE |");
  scanner.expect("CLK_ADDRESS_CLAMP_TO_EDGE | CLK_FILTER_NEAREST ;");
  for (const [axis, name] of ["x", "y", "z"].entries()) {
    scanner.expect(`const int ${name} = get_global_id ( ${axis} ) ;`);
  }
  for (let i = 0; i < numFeatures; i++) {
    scanner.expect(`float i${i} = READ_IMAGE ( in${i} , sampler ,`);
    scanner.expect(`POS_in${i}_INSTANCE ( x , y , z , 0 ) ) . x ;`);
  }
  for (let k = 0; k < numClasses; k++) scanner.expect(`float s${k} = 0 ;`);
}

/** What the kernel ends with: a class, or the probability of one. */
export interface Footer {
  /** The class numbers in the order of s0, s1, …; undefined where a probability is written. */
  readonly classes?: readonly number[];
  /** The index of the class whose probability is written. */
  readonly probabilityOf?: number;
}

/** Reads the kernel from behind the trees to the end of the file. */
export function parseFooter(scanner: Scanner, numClasses: number): Footer {
  scanner.expectToken("float");
  const footer = scanner.token === "sum_s"
    ? parseProbabilityFooter(scanner, numClasses)
    : parseClassFooter(scanner, numClasses);
  scanner.expect(") ; }");
  if (scanner.token !== END) scanner.fail("nothing behind the last }");
  return footer;
}

function parseClassFooter(scanner: Scanner, numClasses: number): Footer {
  const classes: number[] = [];
  scanner.expect("max_s = s0 ; int cls =");
  classes.push(parseClass(scanner, 0));
  scanner.expectToken(";");
  for (let k = 1; k < numClasses; k++) {
    scanner.expect(`if ( max_s < s${k} ) { max_s = s${k} ; cls =`);
    classes.push(parseClass(scanner, classes[k - 1]));
    scanner.expect("; }");
  }
  scanner.expect("WRITE_IMAGE ( out , POS_out_INSTANCE ( x , y , z , 0 ) , cls");
  return { classes };
}

function parseProbabilityFooter(scanner: Scanner, numClasses: number): Footer {
  scanner.expect("sum_s = s0 ; int cls = 1 ;");
  for (let k = 1; k < numClasses; k++) scanner.expect(`sum_s = sum_s + s${k} ;`);
  scanner.expect("WRITE_IMAGE ( out , POS_out_INSTANCE ( x , y , z , 0 ) ,");
  const probabilityOf = scanner.peekIndex("s");
  if (probabilityOf === undefined || probabilityOf >= numClasses) {
    scanner.fail(`one of s0 to s${numClasses - 1}`);
  }
  scanner.advance();
  scanner.expect("/ sum_s");
  return { probabilityOf };
}

/** A class number: above the one before, and at most 255, as class images hold bytes. */
function parseClass(scanner: Scanner, above: number): number {
  const value = Number(scanner.token === END ? NaN : scanner.token);
  if (!Number.isInteger(value) || value <= above || value > 255) {
    scanner.fail(`a class number from ${above + 1} to 255`);
  }
  scanner.advance();
  return value;
}

/** The kernel from its signature to the trees. */
export function formatPreamble(numFeatures: number, numClasses: number): string {
  const inputs = Array.from({ length: numFeatures }, (_, i) => i);
  const votes = Array.from({ length: numClasses }, (_, k) => k);
  return [
    `__kernel void predict (${
      inputs.map((i) => `IMAGE_in${i}_TYPE in${i}, `).join("")
    }IMAGE_out_TYPE out) {`,
    " sampler_t sampler = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | " +
    "CLK_FILTER_NEAREST;",
    " const int x = get_global_id(0);",
    " const int y = get_global_id(1);",
    " const int z = get_global_id(2);",
    ...inputs.map((i) =>
      ` float i${i} = READ_IMAGE(in${i}, sampler, POS_in${i}_INSTANCE(x,y,z,0)).x;`
    ),
    ...votes.map((k) => ` float s${k}=0;`),
    "",
  ].join("\n");
}

/** The kernel behind the trees. */
export function formatFooter({ classes, probabilityOf }: Footer, numClasses: number): string {
  const others = Array.from({ length: numClasses - 1 }, (_, k) => k + 1);
  const write = (value: string) => ` WRITE_IMAGE (out, POS_out_INSTANCE(x,y,z,0), ${value});`;
  const lines = classes
    ? [
      " float max_s=s0;",
      ` int cls=${classes[0]};`,
      ...others.flatMap((k) => [
        ` if (max_s < s${k}) {`,
        `  max_s = s${k};`,
        `  cls=${classes[k]};`,
        " }",
      ]),
      write("cls"),
    ]
    : [
      " float sum_s=s0;",
      " int cls=1;",
      ...others.map((k) => ` sum_s = sum_s + s${k};`),
      write(`s${probabilityOf} / sum_s`),
    ];
  return [...lines, "}", ""].join("\n");
}
