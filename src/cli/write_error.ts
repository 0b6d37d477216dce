import { DaubError } from "../errors.ts";

/** The error for results that are there already. */
export function existingError(paths: readonly string[]): DaubError {
  const several = paths.length > 1;
  const shown = paths.length > 3 ? [...paths.slice(0, 2), `${paths.length - 2} more`] : paths;
  const list = several ? `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}` : paths[0];
  return new DaubError(
    "file",
    `Expected no earlier results but found ${list}; nothing was changed. Add --overwrite to ` +
      `replace ${several ? "them" : "it"}, or choose another folder with --out.`,
    { expected: "no such file", found: paths, where: paths[0] },
  );
}

/** A file system's refusal to write, in words. */
export function describeWriteError(error: unknown, path: string): DaubError {
  if (error instanceof DaubError) return error;
  if (error instanceof Deno.errors.AlreadyExists) return existingError([path]);
  const code = (error as { code?: string } | undefined)?.code;
  const [found, advice] = reasonOf(error, code);
  return new DaubError(
    "file",
    `Expected to write ${path} but ${found}; nothing of this image was written. ${advice}`,
    { expected: "a writable file", found: code, where: path, cause: error },
  );
}

/** A file system's refusal to make a folder, in words. */
export function describeFolderError(error: unknown, folder: string, option = "--out"): DaubError {
  const code = (error as { code?: string } | undefined)?.code;
  const isFile = error instanceof Deno.errors.AlreadyExists || code === "ENOTDIR";
  const found = isFile ? "a part of its name is a file" : reasonOf(error, code)[0];
  return new DaubError(
    "file",
    `Expected to write to the folder ${folder} but ${found}. Choose another one with ${option}.`,
    { expected: "a writable folder", found: code, where: folder, cause: error },
  );
}

function reasonOf(error: unknown, code: string | undefined): [found: string, advice: string] {
  const elsewhere = "Choose another folder with --out.";
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return ["the disk is full", "Make room, or choose another folder with --out."];
    case "EROFS":
      return ["its file system is read-only", elsewhere];
    case "EACCES":
    case "EPERM":
      return ["writing there is not allowed", elsewhere];
    case "EISDIR":
      return ["a folder has this name", "Rename the folder, or choose another one with --out."];
    case "ENAMETOOLONG":
      return ["the name is too long for the file system", "Rename the image."];
    case "ENOENT":
      return ["no folder can be made there", elsewhere];
    default:
      return [`the system refused (${(error as Error)?.message ?? error})`, elsewhere];
  }
}
