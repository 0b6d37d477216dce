/** What one server lets its pages ask for. */
export interface Limits {
  /** Pixels of an image, all channels and planes together. */
  readonly pixels: number;
  /** Bytes of an image's pixels, as they lie in memory. */
  readonly imageBytes: number;
  /** Bytes of an image file. */
  readonly fileBytes: number;
  /** Bytes of all images that were uploaded, together. */
  readonly uploadBytes: number;
  /** Requests that are answered at a time. */
  readonly answers: number;
  /** Bytes of a body that is no file. */
  readonly bodyBytes: number;
  /** Milliseconds that the next bytes of a body may take to come. */
  readonly bodyPause: number;
  /** Images that are open at a time. */
  readonly sessions: number;
  /** Pages that apply a classifier to images of the folder at a time. */
  readonly appliers: number;
  /** Bytes of what was found that are kept for such a page, to be saved when it asks for it. */
  readonly appliedBytes: number;
  /** Sockets, of all images together. */
  readonly sockets: number;
  /** Requests of one page that wait for an answer. */
  readonly requests: number;
  /** Bytes of strokes that are kept for one image. */
  readonly journalBytes: number;
  /** Bytes of the strokes' file that say nothing new until it is rewritten without them. */
  readonly journalSlack: number;
  /** Bytes that may wait for a page that does not read them. */
  readonly unreadBytes: number;
  /** Milliseconds until a computation that does not stop when cancelled is ended by force. */
  readonly cancelAfter: number;
  /** Milliseconds until an image that no page shows is closed. */
  readonly idleAfter: number;
  /** Milliseconds that a page may take to greet the server after it has connected. */
  readonly helloAfter: number;
}

/** Enough for a 10,000 × 10,000 image of two channels, and for a few tabs. */
export const DEFAULT_LIMITS: Limits = {
  pixels: 2 ** 28,
  imageBytes: 2 ** 30,
  fileBytes: 2 ** 30,
  uploadBytes: 2 ** 33,
  answers: 128,
  bodyBytes: 2 ** 22,
  bodyPause: 30_000,
  sessions: 4,
  appliers: 2,
  appliedBytes: 2 ** 33,
  sockets: 32,
  requests: 16,
  journalBytes: 2 ** 29,
  journalSlack: 2 ** 16,
  unreadBytes: 2 ** 30,
  cancelAfter: 10_000,
  idleAfter: 60_000,
  helloAfter: 10_000,
};
