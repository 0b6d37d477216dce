import { DaubError } from "../../errors.ts";

/** What {@linkcode Scanner.token} is behind the last token. */
export const END = "";

/**
 * Reads the OpenCL text of a classifier file token by token: names, numbers without a sign, the
 * symbol `+=` and single characters. Blanks and line ends between them mean nothing.
 */
export class Scanner {
  /** The token that is read next. */
  token: string = END;
  readonly #text: string;
  readonly #where: string | undefined;
  #start = 0;
  #end: number;

  constructor(text: string, offset: number, where: string | undefined) {
    this.#text = text;
    this.#where = where;
    this.#end = offset;
    this.advance();
  }

  /** Goes on to the next token. */
  advance(): void {
    const text = this.#text;
    let end = this.#end;
    while (isBlank(text.charCodeAt(end))) end++;
    const start = end;
    const first = text.charCodeAt(end++);
    if (start >= text.length) {
      end = start;
    } else if (isLetter(first)) {
      while (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end++;
    } else if (isDigit(first)) {
      end = endOfNumber(text, end);
    } else if (first === PLUS && text.charCodeAt(end) === EQUALS) {
      end++;
    }
    this.#start = start;
    this.#end = end;
    this.token = text.slice(start, end);
  }

  /** Reads these tokens, separated by blanks in the argument, and refuses any other. */
  expect(tokens: string): void {
    for (const token of tokens.split(" ")) this.expectToken(token);
  }

  /** Reads one token and refuses any other. */
  expectToken(token: string): void {
    if (this.token !== token) this.fail(token);
    this.advance();
  }

  /** Reads a number, with a minus before it or not. */
  number(): number {
    const negative = this.token === "-";
    if (negative) this.advance();
    const value = isDigit(this.token.charCodeAt(0)) ? Number(this.token) : NaN;
    if (!Number.isFinite(value)) this.fail("a finite number");
    this.advance();
    return negative ? -value : value;
  }

  /** The number behind a letter, 12 in `s12`; undefined where the next token is not so made. */
  peekIndex(letter: string): number | undefined {
    const { token } = this;
    if (token.charCodeAt(0) !== letter.charCodeAt(0) || token.length < 2) return undefined;
    if (token.length > 9) return undefined;
    let index = 0;
    for (let i = 1; i < token.length; i++) {
      const code = token.charCodeAt(i);
      if (!isDigit(code)) return undefined;
      index = index * 10 + code - ZERO;
    }
    return index;
  }

  /** The line of the next token, from 1. */
  line(): number {
    let line = 1;
    for (let i = this.#text.indexOf("\n"); i >= 0 && i < this.#start;) {
      line++;
      i = this.#text.indexOf("\n", i + 1);
    }
    return line;
  }

  /** Refuses the next token, or the end of the text where more should follow. */
  fail(expected: string): never {
    const line = this.line();
    const file = this.#where ?? "the classifier file";
    const where = `${file}, line ${line}`;
    if (this.token === END) {
      throw new DaubError(
        "classifier",
        `Expected ${expected} in line ${line} of ${file} but the text ends there: it was cut off. ` +
          `Copy the file again, or train the classifier anew.`,
        { expected, found: "the end of the text", where },
      );
    }
    const found = this.token.length > 40 ? `${this.token.slice(0, 40)}…` : this.token;
    throw new DaubError(
      "classifier",
      `Expected ${expected} in line ${line} of ${file} but found ${found}. ` +
        `Use a file as APOC or Daub wrote it.`,
      { expected, found, where },
    );
  }

  /** Refuses the file for something that is said in several places. */
  refuse(expected: string, found: string | number): never {
    const line = this.line();
    const file = this.#where ?? "the classifier file";
    throw new DaubError(
      "classifier",
      `Expected ${expected} but found ${found} in line ${line} of ${file}. ` +
        `Use a file as APOC or Daub wrote it.`,
      { expected, found, where: `${file}, line ${line}` },
    );
  }
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const EQUALS = 0x3d;
const UNDERSCORE = 0x5f;
const LOWER_E = 0x65;
const CASE = 0x20;

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

function isLetter(code: number): boolean {
  const lower = code | CASE;
  return (lower >= 0x61 && lower <= 0x7a) || code === UNDERSCORE;
}

/** The end of a number whose first digit has been passed: digits, fraction, exponent. */
function endOfNumber(text: string, offset: number): number {
  let end = offset;
  while (isDigit(text.charCodeAt(end))) end++;
  if (text.charCodeAt(end) === POINT) {
    end++;
    while (isDigit(text.charCodeAt(end))) end++;
  }
  if ((text.charCodeAt(end) | CASE) === LOWER_E) {
    const sign = text.charCodeAt(end + 1);
    const digits = end + (sign === PLUS || sign === MINUS ? 2 : 1);
    if (isDigit(text.charCodeAt(digits))) {
      end = digits;
      while (isDigit(text.charCodeAt(end))) end++;
    }
  }
  return end;
}
