import type { Locator, Page } from "npm:playwright-core@1.65.1";

/** A notebook in a browser, used as a person does. */
export class NotebookPage {
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
  }

  cell(name: string): Locator {
    return this.page.locator(`[data-cell="${name}"]`);
  }

  /** Waits until the labels answer the newest strokes; the number of objects. */
  async labels(): Promise<number> {
    const surface = this.page.getByLabel("Annotation", { exact: true });
    const labels = this.cell("labels");
    const end = Date.now() + 20_000;
    while (true) {
      const revision = await surface.getAttribute("data-revision");
      const found = await labels.getAttribute("data-revision");
      const status = await labels.getAttribute("data-status");
      if (status === "done" && found === revision) break;
      if (Date.now() > end) {
        throw new Error(`labels ${status} of revision ${found}, but strokes are at ${revision}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return Number(await this.cell("labels").getAttribute("data-objects"));
  }

  /** Paints from one place of the image to another, each as a share of width and height. */
  async paint(from: [number, number], to: [number, number]): Promise<void> {
    const surface = this.page.getByLabel("Annotation", { exact: true });
    await surface.scrollIntoViewIfNeeded();
    const box = (await surface.boundingBox())!;
    const at = ([x, y]: [number, number]) =>
      [box.x + x * box.width, box.y + y * box.height] as const;
    await this.page.mouse.move(...at(from));
    await this.page.mouse.down();
    await this.page.mouse.move(...at(to), { steps: 4 });
    await this.page.mouse.up();
  }

  /** Presses a button that saves a file; the file's bytes. */
  async save(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const coming = this.page.waitForEvent("download");
    await this.page.getByRole("button", { name: `Save ${name}` }).click();
    const download = await coming;
    return new Uint8Array(await Deno.readFile(await download.path()));
  }
}
