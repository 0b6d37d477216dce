/// <reference lib="dom" />
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import type { EngineOptions } from "../../src/notebook/engine.ts";
import { openBrowser } from "../support/browser.ts";
import type { Harness } from "./options_form_page.ts";

declare const harness: Harness;
declare const opened: ReturnType<Harness["open"]>;

/** Where pictures of the pages go, to be looked at. */
const PICTURES = Deno.env.get("DAUB_PICTURES");

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("./options_form_page.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", entry],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The options that the form has told of so far. */
function told(page: Page): Promise<EngineOptions[]> {
  return page.evaluate(() => opened.told);
}

function value(page: Page): Promise<EngineOptions> {
  return page.evaluate(() => opened.form.value);
}

Deno.test("options, figures and features in a browser", async (t) => {
  const script = await bundle();
  await using browser: Browser & AsyncDisposable = await openBrowser();
  const errors: string[] = [];
  const open = async (
    { width = 900, dark = false, channels = 1, depth = 1, height = 560 } = {},
  ): Promise<Page> => {
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.setContent(
      `<!doctype html><html lang=en><meta name=color-scheme content="light dark">`,
    );
    await page.addScriptTag({ content: script, type: "module" });
    await page.waitForFunction(() => "harness" in globalThis);
    await page.evaluate(([channels, depth]) => {
      Object.assign(globalThis, { opened: harness.open(channels, depth) });
    }, [channels, depth]);
    return page;
  };

  await t.step("it begins with APOC's default and says nothing", async () => {
    const page = await open();
    assert.deepEqual(await value(page), {
      features: "gaussian_blur=1 difference_of_gaussian=1 laplace_box_of_gaussian_blur=1 " +
        "sobel_of_gaussian_blur=1",
      channels: [0],
      positiveClass: 2,
      connectivity: 4,
      maxDepth: 2,
      numTrees: 100,
      randomState: 0,
      votes: "fraction",
    });
    assert.equal(await page.getByLabel("Preset").inputValue(), "v070");
    assert.equal(await page.locator("td input:checked").count(), 4);
    assert.equal(
      await page.locator("output").textContent(),
      "4 features: 1.0 MB kept between strokes; computing takes about 53 MB of memory at most.",
    );
    assert.deepEqual(await told(page), []);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/options-light.png` });
    await page.close();
  });

  await t.step("ticks make the specification, in APOC's order, one event each", async () => {
    const page = await open();
    await page.getByLabel("Consider the original image").check();
    await page.getByLabel("Gaussian blur, sigma 5", { exact: true }).check();
    await page.getByLabel("Gaussian blur, sigma 0.3", { exact: true }).check();
    await page.getByLabel("Laplacian of Gaussian, sigma 1", { exact: true }).uncheck();
    const values = await told(page);
    assert.equal(values.length, 4);
    assert.equal(
      values[3].features,
      "original gaussian_blur=0.3 gaussian_blur=1 gaussian_blur=5 difference_of_gaussian=1 " +
        "sobel_of_gaussian_blur=1",
    );
    assert.equal(await page.getByLabel("Preset").inputValue(), "custom");
    await page.close();
  });

  await t.step("the last feature stays, with the reason", async () => {
    const page = await open();
    await page.evaluate(() => opened.form.value = { features: "gaussian_blur=1" });
    await page.getByLabel("Gaussian blur, sigma 1", { exact: true }).click();
    assert.match((await page.getByRole("alert").textContent())!, /at least one feature/);
    assert.ok(await page.getByLabel("Gaussian blur, sigma 1", { exact: true }).isChecked());
    assert.deepEqual(await told(page), []);
    await page.getByLabel("Gaussian blur, sigma 2", { exact: true }).check();
    assert.equal(await page.getByRole("alert").textContent(), "");
    await page.close();
  });

  await t.step(
    "presets fill the table, with columns of their own where they need them",
    async () => {
      const page = await open();
      await page.getByLabel("Preset").selectOption("Object size 3 to 8 px");
      const [{ features }] = await told(page);
      assert.equal(features.split(" ").length, 18);
      assert.ok(await page.getByLabel("Difference of Gaussian, sigma 7").isChecked());
      assert.equal(await page.locator("td input:checked").count(), 18);
      await page.getByLabel("Preset").selectOption("APOC's default");
      assert.equal(await page.getByLabel("Difference of Gaussian, sigma 7").count(), 0);
      await page.close();
    },
  );

  await t.step(
    "text takes any filter; what is wrong is explained and changes nothing",
    async () => {
      const page = await open();
      await page.getByText("As text").click();
      const text = page.getByLabel("Feature specification");
      await text.fill("gausian_blur=1");
      await text.blur();
      assert.match((await page.getByRole("alert").textContent())!, /Did you mean gaussian_blur=1/);
      assert.deepEqual(await told(page), []);
      await text.fill("median_box=2, gaussian_blur=1");
      await text.blur();
      assert.equal((await told(page)).at(-1)!.features, "median_box=2 gaussian_blur=1");
      await page.getByLabel("Gaussian blur, sigma 2", { exact: true }).check();
      assert.equal(
        (await told(page)).at(-1)!.features,
        "gaussian_blur=1 gaussian_blur=2 median_box=2",
      );
      await text.fill("gradient_z=1");
      await text.blur();
      assert.match((await page.getByRole("alert").textContent())!, /volume/);
      await page.close();
    },
  );

  await t.step("numbers are told while they are typed, but only those within bounds", async () => {
    const page = await open();
    const trees = page.getByLabel("Trees");
    await trees.fill("");
    await trees.pressSequentially("20000");
    assert.deepEqual((await told(page)).map(({ numTrees }) => numTrees), [2, 20, 200, 2000]);
    assert.equal(await trees.getAttribute("aria-invalid"), "true");
    await trees.blur();
    assert.equal(await trees.inputValue(), "2000");
    await page.getByLabel("Class", { exact: true }).fill("3");
    await page.getByLabel("Depth").fill("5");
    await page.getByLabel("Seed").fill("7");
    await page.getByLabel("Votes").selectOption("counts");
    await page.getByLabel("Connectivity").selectOption("8, sides and corners");
    const { features: _, ...rest } = (await told(page)).at(-1)!;
    assert.deepEqual(rest, {
      channels: [0],
      positiveClass: 3,
      connectivity: 8,
      maxDepth: 5,
      numTrees: 2000,
      randomState: 7,
      votes: "count",
    });
    await page.close();
  });

  await t.step("setting the value is silent and shows", async () => {
    const page = await open();
    await page.evaluate(() => opened.form.value = { features: "small_quick", numTrees: 30 });
    assert.deepEqual(await told(page), []);
    assert.equal(await page.getByLabel("Preset").inputValue(), "small_quick");
    assert.equal(await page.getByLabel("Trees").inputValue(), "30");
    assert.equal((await value(page)).maxDepth, 2);
    await page.close();
  });

  await t.step("channels and volumes have their own choices", async () => {
    const page = await open({ channels: 2, depth: 5 });
    assert.ok(await page.getByLabel("DAPI").isDisabled(), "one channel at least");
    await page.getByLabel("Channel 2").check();
    await page.getByLabel("DAPI").uncheck();
    assert.deepEqual((await told(page)).map(({ channels }) => channels), [[0, 1], [1]]);
    await page.getByLabel("Connectivity").selectOption({ index: 1 });
    assert.equal((await value(page)).connectivity, 26);
    await page.close();
  });

  await t.step("a stack too large to be kept says so", async () => {
    const page = await open({ depth: 600 });
    const estimate = await page.locator("output").innerText();
    assert.match(estimate, /^4 features of 624 MB in all: too many to keep/);
    await page.close();
  });

  await t.step("the table is one stop of Tab, and arrows go about in it", async () => {
    const page = await open();
    await page.getByLabel("Preset").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute("aria-label") ??
          activeElement?.parentElement?.textContent;
      });
    assert.equal(await focused(), "Difference of Gaussian, sigma 1");
    await page.keyboard.press("Space");
    assert.equal((await told(page)).length, 1);
    await page.keyboard.press("End");
    assert.equal(await focused(), "Difference of Gaussian, sigma 25");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Consider the original image");
    await page.keyboard.press("Shift+Tab");
    assert.equal(await focused(), "Difference of Gaussian, sigma 25");
    await page.close();
  });

  await t.step("a narrow page does not scroll sideways, and figures are drawn", async () => {
    for (const dark of [false, true]) {
      const page = await open({ width: 390, height: 1500, dark });
      await page.evaluate(() => harness.draw());
      const overflow = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      assert.equal(await page.locator("svg[aria-label]").count(), 3);
      if (PICTURES) {
        await page.screenshot({ path: `${PICTURES}/narrow-${dark ? "dark" : "light"}.png` });
      }
      await page.close();
    }
  });

  await t.step(
    "a gallery pictures every feature and shows importances where there are",
    async () => {
      const page = await open();
      assert.deepEqual(await page.evaluate(() => harness.gallery()), {
        pictures: ["original", "gaussian_blur=1", "sobel_of_gaussian_blur=1"],
        shares: ["20 %", "80 %", ""],
        bars: [0.25, 1, 0],
      });
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/gallery.png` });
      await page.close();
    },
  );

  if (PICTURES) {
    const page = await open({ dark: true, channels: 2, height: 1250 });
    await page.evaluate(() => harness.draw());
    await page.getByLabel("Preset").selectOption("Object size 3 to 8 px");
    await page.screenshot({ path: `${PICTURES}/options-dark.png` });
    await page.close();
  }
  assert.deepEqual(errors, []);
});
