import type { Tree } from "../forest.ts";
import { type LeafVote, splitLeafTrees } from "./leaf_trees.ts";
import type { Scanner } from "./scanner.ts";
import { TreeBuilder } from "./tree_builder.ts";

/** What the header says about the trees, and how a literal becomes a threshold. */
export interface TreesExpected {
  readonly numFeatures: number;
  readonly numClasses: number;
  readonly numTrees: number;
  /** The most decisions on the way to a leaf. */
  readonly maxDepth: number;
  /** Turns the literal of a decision, counted from 0 through the file, into its threshold. */
  toThreshold(literal: number, decision: number): number;
}

/**
 * Reads the trees, which follow one another without a mark between them. A tree is nested ifs, or
 * bare votes where it is a single leaf.
 */
export function parseTrees(scanner: Scanner, expected: TreesExpected): Tree[] {
  const parser = new TreeParser(scanner, expected);
  const items: (Tree | LeafVote[])[] = [];
  while (true) {
    if (scanner.token === "if") items.push(parser.tree());
    else if (scanner.peekIndex("s") !== undefined) items.push(parser.votes());
    else break;
  }
  if (scanner.token !== "float") scanner.fail("a tree, or float max_s behind the last");
  const trees = splitLeafTrees(items, expected).map((item) =>
    Array.isArray(item) ? parser.leafTree(item) : item
  );
  if (trees.length !== expected.numTrees) {
    scanner.refuse(`${expected.numTrees} trees, as the header says,`, trees.length);
  }
  return trees;
}

class TreeParser {
  readonly #scanner: Scanner;
  readonly #expected: TreesExpected;
  readonly #builder: TreeBuilder;
  #decisions = 0;

  constructor(scanner: Scanner, expected: TreesExpected) {
    this.#scanner = scanner;
    this.#expected = expected;
    this.#builder = new TreeBuilder(expected.numClasses);
  }

  /** Nested ifs of any depth without recursion, so that no file can exhaust the stack. */
  tree(): Tree {
    const scanner: Scanner = this.#scanner;
    // The decisions whose branches are being read: the node in its first branch, ~node in its else.
    const path: number[] = [];
    do {
      if (scanner.token === "if") {
        const node = this.#decision(path.length);
        this.#attach(node, path.at(-1));
        path.push(node);
        continue;
      }
      const leaf = this.#builder.add(-1, 0);
      this.#attach(leaf, path.at(-1));
      for (const { classIndex, votes } of this.votes()) this.#builder.vote(leaf, classIndex, votes);
      this.#closeBranches(path);
    } while (path.length > 0);
    return this.#builder.finish();
  }

  /** Votes for classes, one after another; none is possible. */
  votes(): LeafVote[] {
    const scanner: Scanner = this.#scanner;
    const statements: LeafVote[] = [];
    let classIndex = scanner.peekIndex("s");
    while (classIndex !== undefined) {
      if (classIndex >= this.#expected.numClasses) {
        scanner.fail(`a vote for s0 to s${this.#expected.numClasses - 1}`);
      }
      scanner.advance();
      scanner.expectToken("+=");
      if (scanner.token === "-") scanner.fail("a vote of at least 0");
      const votes = scanner.number();
      if (votes > Number.MAX_SAFE_INTEGER) scanner.refuse("a vote below 2^53", votes);
      scanner.expectToken(";");
      statements.push({ classIndex, votes });
      classIndex = scanner.peekIndex("s");
    }
    return statements;
  }

  /** A tree that is a single leaf. */
  leafTree(statements: readonly LeafVote[]): Tree {
    this.#builder.add(-1, 0);
    for (const { classIndex, votes } of statements) this.#builder.vote(0, classIndex, votes);
    return this.#builder.finish();
  }

  /** `if(i3<0.5){`, as a node. */
  #decision(depth: number): number {
    const scanner: Scanner = this.#scanner;
    const { maxDepth, numFeatures, toThreshold } = this.#expected;
    if (depth >= maxDepth) {
      scanner.refuse(`at most ${maxDepth} decisions on the way to a leaf`, depth + 1);
    }
    scanner.expectToken("if");
    scanner.expectToken("(");
    const feature = scanner.peekIndex("i");
    if (feature === undefined || feature >= numFeatures) {
      scanner.fail(numFeatures > 1 ? `a feature from i0 to i${numFeatures - 1}` : "the feature i0");
    }
    scanner.advance();
    scanner.expectToken("<");
    const literal = Math.fround(scanner.number());
    if (!Number.isFinite(literal)) scanner.refuse("a threshold that fits 32 bits", literal);
    scanner.expectToken(")");
    scanner.expectToken("{");
    return this.#builder.add(feature, toThreshold(literal, this.#decisions++));
  }

  #attach(node: number, parent: number | undefined): void {
    if (parent === undefined) return;
    if (parent >= 0) this.#builder.setLeft(parent, node);
    else this.#builder.setRight(~parent, node);
  }

  /** Behind a leaf: ends the else branches that end here and enters the else of a first branch. */
  #closeBranches(path: number[]): void {
    while (path.length > 0) {
      this.#scanner.expectToken("}");
      const branch = path.pop()!;
      if (branch < 0) continue;
      this.#scanner.expectToken("else");
      this.#scanner.expectToken("{");
      path.push(~branch);
      return;
    }
  }
}
