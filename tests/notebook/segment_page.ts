/// <reference lib="dom" />
import type { Locator, Page } from "npm:playwright-core@1.65.1";
import type { Painter } from "../../src/notebook/client/painter/paint.ts";

/** A place as shares of the width and height of the image. */
export type Place = readonly [x: number, y: number];

/** Ground and an object of the blobs, as the tutorial tells. */
export const GROUND: readonly [Place, Place] = [[0.05, 0.05], [0.09, 0.05]];
export const OBJECT: readonly [Place, Place] = [[0.52, 0.3], [0.54, 0.3]];

/** What a painter holds. */
export interface Painted {
  /** Pixels of every class. */
  readonly counts: readonly number[];
  readonly undoDepth: number;
  readonly redoDepth: number;
}

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

  /** The drawing surface of the painter, of the first one where there are several. */
  get surface(): Locator {
    return this.page.getByLabel("Annotation", { exact: true }).first();
  }

  cell(name: string): Locator {
    return this.page.locator(`[data-cell="${name}"]`);
  }

  /** Opens an address and waits until the image can be painted on. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.surface.waitFor();
  }

  /** Chooses an image of the menu, by its name without ending, and waits until it is open. */
  async choose(name: RegExp, width: number): Promise<void> {
    const menu = this.page.getByLabel("Image", { exact: true });
    const names = await menu.locator("option").allInnerTexts();
    await menu.selectOption({ label: names.find((each) => name.test(each))! });
    await this.isOpen(width);
  }

  /** Waits until an image of a width can be painted on. */
  async isOpen(width: number): Promise<void> {
    await this.page.waitForFunction((width) => {
      const painter = document.querySelector<Painter>(".daub-painter");
      return painter?.viewport.size.width === width;
    }, width);
  }

  /** The revision of the strokes. */
  async revision(): Promise<number> {
    return Number(await this.surface.getAttribute("data-revision"));
  }

  /** What is painted, and what can be undone. */
  async painted(): Promise<Painted> {
    return await this.page.evaluate(() => {
      const { value, annotation } = document.querySelector<Painter>(".daub-painter")!;
      const { undoDepth, redoDepth } = annotation;
      return { counts: [...value.counts], undoDepth, redoDepth };
    });
  }

  /** Waits until the labels answer the newest strokes; the number of objects. */
  async labels(): Promise<number> {
    await this.page.waitForFunction(
      () => {
        const surface = document.querySelector<HTMLElement>('[aria-label="Annotation"]');
        const labels = document.querySelector<HTMLElement>('[data-cell="labels"]');
        return labels?.dataset.status === "done" &&
          labels.dataset.revision === surface?.dataset.revision;
      },
      undefined,
      { polling: 20 },
    );
    return Number(await this.cell("labels").getAttribute("data-objects"));
  }

  /** Waits until no cell computes any more, nor starts again because of another. */
  async settled(): Promise<void> {
    const running = this.page.locator('[data-cell][data-status="running"]');
    for (let calm = 0; calm < 3; calm++) {
      await this.page.waitForTimeout(100);
      if (await running.count() > 0) calm = -1;
    }
  }

  /** Where a place of the image is in the window. */
  async place([x, y]: Place, surface = this.surface): Promise<readonly [number, number]> {
    return await surface.evaluate((canvas, [x, y]) => {
      const { viewport } = canvas.closest<Painter>(".daub-painter")!;
      const box = canvas.getBoundingClientRect();
      const { left, top, scale } = viewport.transform(box.width, box.height);
      const { width, height } = viewport.size;
      return [box.left + left + x * width * scale, box.top + top + y * height * scale] as const;
    }, [x, y] as const);
  }

  /** Paints from one place of the image to another, each as a share of width and height. */
  async paint(from: Place, to: Place, surface = this.surface): Promise<void> {
    await surface.scrollIntoViewIfNeeded();
    await this.page.mouse.move(...await this.place(from, surface));
    await this.page.mouse.down();
    await this.page.mouse.move(...await this.place(to, surface), { steps: 4 });
    await this.page.mouse.up();
  }

  /**
   * Paints to and fro until newer labels are shown while the brush is still down.
   *
   * @returns The revisions that were shown during the stroke.
   */
  async paintUntilShown(from: Place, to: Place, results: number): Promise<number[]> {
    await this.surface.scrollIntoViewIfNeeded();
    const ends = [await this.place(from), await this.place(to)];
    const start = await this.revision();
    const shown = new Set<number>();
    await this.page.mouse.move(...ends[0]);
    await this.page.mouse.down();
    for (let i = 1; shown.size < results && i < 400; i++) {
      const [[x0, y0], [x1, y1]] = ends;
      const part = Math.abs((i / 30) % 2 - 1);
      await this.page.mouse.move(x1 + (x0 - x1) * part, y1 + (y0 - y1) * part + i / 10);
      const revision = Number(await this.cell("labels").getAttribute("data-revision"));
      if (revision > start) shown.add(revision);
    }
    await this.page.mouse.up();
    return [...shown];
  }

  /** Moves the focus by the Tab key until it is on the element. */
  async tabTo(target: Locator): Promise<void> {
    const goal = await target.elementHandle();
    for (let i = 0; i < 300; i++) {
      if (await goal!.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error("the Tab key does not lead there");
  }

  /** Presses a button that saves a file; the file's bytes. */
  async save(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const coming = this.page.waitForEvent("download");
    await this.page.getByRole("button", { name: `Save ${name}` }).click();
    const download = await coming;
    return new Uint8Array(await Deno.readFile(await download.path()));
  }
}
