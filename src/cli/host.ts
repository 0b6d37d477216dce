/** What a run needs of the program it runs in. */
export interface Host {
  /** Prints a line on standard output. */
  out(line: string): void;
  /** Prints a line on standard error. */
  err(line: string): void;
  /** Whether someone watches standard error on a terminal. */
  readonly watched: boolean;
  /** Aborted when the run is to stop, with the name of the system's signal as its reason. */
  readonly signal?: AbortSignal;
  /** Told the files to remove should the process be ended now. */
  readonly onTemporary?: (paths: readonly string[]) => void;
}
