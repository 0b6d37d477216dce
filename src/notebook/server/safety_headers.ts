/**
 * The headers of every answer: nothing is loaded from elsewhere, no script runs that this answer's
 * nonce does not name, no other page frames or reads it.
 *
 * @param nonce Of this answer's scripts.
 * @param socket The address of our own socket, for browsers whose `'self'` leaves it out.
 * @param embedders Origins that may frame the page.
 */
export function safetyHeaders(
  nonce: string,
  socket: string,
  embedders: readonly string[],
): Record<string, string> {
  const policy = {
    "default-src": "'none'",
    // WebAssembly of the in-page backend; no eval.
    "script-src": `'nonce-${nonce}' 'wasm-unsafe-eval'`,
    // Plot and CodeMirror bring style elements of their own.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' blob: data:",
    "font-src": "'self'",
    "connect-src": `'self' ${socket}`,
    "worker-src": "'self' blob:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": embedders.length > 0 ? embedders.join(" ") : "'none'",
  };
  return {
    "content-security-policy": Object.entries(policy).map((part) => part.join(" ")).join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": embedders.length > 0 ? "cross-origin" : "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ...(embedders.length === 0 && { "x-frame-options": "DENY" }),
  };
}
