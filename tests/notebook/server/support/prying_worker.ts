/**
 * A thread that tries what a hostile image might make one try, and tells which attempts Deno
 * refused; a second thread, which it starts as kernels are started, tries the same.
 */
function pry(): string[] {
  const shell = Deno.build.os === "windows" ? "cmd" : "/bin/sh";
  const attempts = {
    read: () => Deno.readTextFileSync("/"),
    write: () => Deno.writeTextFileSync("/", ""),
    net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
    env: () => Deno.env.toObject(),
    run: () => new Deno.Command(shell, { args: ["-c", "exit"] }).outputSync(),
    sys: () => Deno.hostname(),
    ffi: () => Deno.dlopen("pried.so", {}),
  };
  return Object.entries(attempts).filter(([, attempt]) => {
    try {
      attempt();
      return false;
    } catch (error) {
      return error instanceof Deno.errors.NotCapable;
    }
  }).map(([name]) => name);
}

const first = pry();
const code = new Blob([`postMessage((${pry})())`], { type: "text/javascript" });
const second = new Worker(URL.createObjectURL(code), { type: "module" });
second.onmessage = ({ data }) => {
  (globalThis as unknown as { postMessage(message: unknown): void }).postMessage([first, data]);
};
