import { DaubError, type ErrorTag } from "../../errors.ts";
import type { ClientBundle } from "./client_bundle.ts";
import type { Serving } from "./serve.ts";

/** What the thread that starts the notebook tells the one that serves it. */
export type ToServing = ServingRequest | "close";

/** What to serve. */
export interface ServingRequest {
  readonly serving: Serving;
  /** The folder of the notebooks, and the one to begin with if not the usual one. */
  readonly folder: string;
  readonly start?: string;
  /** The folder of the sample images. */
  readonly samples: string;
  readonly bundle: ClientBundle;
  /** What the thread gives up once its code is loaded. */
  readonly loading: readonly Deno.PermissionDescriptor[];
}

/** What the thread that serves the notebook answers. */
export type FromServing = { readonly address: string } | { readonly failure: Failure } | "closed";

/** An error on its way between threads, where it would lose its kind. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly tag?: ErrorTag;
  /** The name of what caused it. */
  readonly cause?: string;
}

/** An error as it is sent. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack, cause } = error;
  return {
    ...{ name, message, stack },
    ...(error instanceof DaubError && { tag: error.tag }),
    ...(cause instanceof Error && { cause: cause.name }),
  };
}

/** The error that was sent, of its kind again where its kind matters. */
export function errorOf({ name, message, stack, tag, cause }: Failure): Error {
  const reason = cause === "AddrInUse" ? new Deno.errors.AddrInUse() : undefined;
  const error = tag
    ? new DaubError(tag, message, { cause: reason })
    : name === "NotCapable"
    ? new Deno.errors.NotCapable(message)
    : new Error(message);
  error.stack = stack;
  return error;
}
