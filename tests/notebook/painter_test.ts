import assert from "node:assert/strict";
import { withBrowser } from "./painter_browser.ts";
import { classAt, counts, drag, openPainter, pixelPlaces, settings } from "./painter_hand.ts";
import type {} from "./painter_test_globals.ts";

Deno.test("the painter", async (t) => {
  await withBrowser(async (open) => {
    await t.step("paints strokes, one step of undo each, and tells of them", async () => {
      const { page, at } = await openPainter(open);
      await drag(page, at(20, 20), at(40, 20));
      assert.deepEqual(await counts(page), [0, 23 * 3]);
      const surface = page.getByLabel("Annotation", { exact: true });
      const revision = Number(await surface.getAttribute("data-revision"));
      assert.ok(revision >= 1);
      const told = await page.evaluate(() => events);
      assert.deepEqual(told, [...new Array(revision).fill("input true"), "change"]);
      await drag(page, at(20, 40), at(40, 40));
      await page.keyboard.press("Control+z");
      assert.deepEqual(await counts(page), [0, 69]);
      await page.getByLabel("Undo (Ctrl+Z)").click();
      assert.deepEqual(await counts(page), [0]);
      await page.keyboard.press("Control+Shift+z");
      await page.getByLabel("Redo (Ctrl+Shift+Z)").click();
      assert.deepEqual(await counts(page), [0, 138]);
      await page.close();
    });

    await t.step("erases with Shift, the right button and the eraser", async () => {
      const { page, at } = await openPainter(open);
      for (const y of [10, 30, 50]) await drag(page, at(20, y), at(40, y));
      await page.keyboard.down("Shift");
      await drag(page, at(20, 10), at(40, 10));
      await page.keyboard.up("Shift");
      assert.deepEqual(await counts(page), [0, 138]);
      await drag(page, at(20, 30), at(40, 30), "right");
      assert.deepEqual(await counts(page), [0, 69]);
      await page.keyboard.press("e");
      await drag(page, at(20, 50), at(40, 50));
      assert.deepEqual(await counts(page), [0]);
      await page.close();
    });

    await t.step("goes on beyond the edge of the canvas and comes back", async () => {
      const { page, at } = await openPainter(open);
      await page.mouse.move(...at(90, 40));
      await page.mouse.down();
      await page.mouse.move(...at(130, 40));
      await page.mouse.move(...at(130, 60));
      await page.mouse.move(...at(90, 60));
      await page.mouse.up();
      assert.equal(await classAt(page, 99, 40), 1);
      assert.equal(await classAt(page, 99, 60), 1);
      assert.equal(await classAt(page, 99, 50), 0);
      assert.equal(await page.evaluate(() => painter.annotation.undoDepth), 1);
      await page.close();
    });

    await t.step("knows napari's keys, and digits for classes", async () => {
      const { page, at } = await openPainter(open);
      await page.mouse.move(...at(50, 40));
      for (
        const [key, tool] of Object.entries({ e: "eraser", f: "fill", l: "pick", g: "polygon" })
      ) {
        await page.keyboard.press(key);
        assert.equal((await settings(page)).tool, tool);
      }
      await page.keyboard.press("z");
      assert.equal((await settings(page)).tool, "pan");
      await page.keyboard.press("p");
      assert.equal((await settings(page)).tool, "brush");
      for (
        const [key, value] of [
          ["=", 2],
          ["=", 2],
          ["-", 1],
          ["m", 3],
          ["1", 1],
          ["9", 1],
          ["x", 0],
          ["x", 1],
        ]
      ) {
        await page.keyboard.press(String(key));
        assert.equal((await settings(page)).value, value, String(key));
      }
      await page.keyboard.press("]");
      assert.equal((await settings(page)).size, 4);
      await page.keyboard.press("[");
      assert.equal((await settings(page)).size, 3);
      await page.keyboard.press("b");
      assert.equal((await settings(page)).preserve, true);
      await page.keyboard.press("v");
      assert.equal((await settings(page)).visible, false);
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "hidden" });
      // Keys are the painter's again once the browser has noticed what the pointer is over.
      await page.mouse.move(...at(51, 40));
      await page.evaluate(() => painter.settings = { digits: "napari" });
      await page.keyboard.press("3");
      assert.equal((await settings(page)).tool, "polygon");
      await page.close();
    });

    await t.step("leaves keys alone while somebody types", async () => {
      const { page } = await openPainter(open);
      await page.evaluate(() => document.body.prepend(document.createElement("textarea")));
      await page.locator("textarea").fill("");
      await page.locator("textarea").pressSequentially("empv1=");
      assert.equal(await page.locator("textarea").inputValue(), "empv1=");
      assert.equal((await settings(page)).tool, "brush");
      await page.locator("textarea").blur();
      await page.evaluate(() => void events.splice(0));
      await page.getByRole("radio", { name: "background" }).dblclick();
      await page.getByLabel("Name of the class").fill("");
      await page.keyboard.type("empty m");
      await page.keyboard.press("Enter");
      const { classes, tool } = await settings(page);
      assert.deepEqual([classes.length, classes[0].name, tool], [2, "empty m", "brush"]);
      assert.deepEqual(await page.evaluate(() => events), []);
      await page.close();
    });

    await t.step("fills, draws polygons and picks classes", async () => {
      const { page, at } = await openPainter(open);
      await page.mouse.move(...at(50, 40));
      await page.keyboard.press("g");
      for (const [x, y] of [[20, 20], [40, 20], [40, 40]]) await page.mouse.click(...at(x, y));
      await page.mouse.dblclick(...at(20, 40));
      assert.deepEqual(await counts(page), [0, 20 * 20]);
      await page.keyboard.press("f");
      await page.keyboard.press("2");
      await page.mouse.click(...at(30, 30));
      assert.deepEqual(await counts(page), [0, 0, 400]);
      await page.keyboard.press("1");
      await page.mouse.click(...at(0, 0));
      assert.deepEqual(await counts(page), [0, 100 * 80 - 400, 400]);
      await page.keyboard.press("l");
      await page.mouse.click(...at(30, 30));
      const { value, tool } = await settings(page);
      assert.deepEqual([value, tool], [2, "brush"]);
      assert.equal(await page.evaluate(() => painter.annotation.undoDepth), 3);
      await page.close();
    });

    await t.step("zooms to the pointer, pans with Space and resets with Ctrl+R", async () => {
      const { page, at } = await openPainter(open);
      await page.mouse.move(...at(70, 20));
      await page.mouse.wheel(0, -300);
      await page.waitForFunction(() => !painter.viewport.view.fitted);
      const zoomed = await pixelPlaces(page);
      assert.ok(
        Math.hypot(zoomed(70, 20)[0] - at(70, 20)[0], zoomed(70, 20)[1] - at(70, 20)[1]) < 3,
      );
      assert.ok(zoomed(71, 20)[0] - zoomed(70, 20)[0] > 1.5 * (at(71, 20)[0] - at(70, 20)[0]));
      await page.keyboard.down(" ");
      await drag(page, zoomed(70, 20), zoomed(60, 30));
      await page.keyboard.up(" ");
      const panned = await pixelPlaces(page);
      assert.ok(Math.abs(panned(70, 20)[0] - zoomed(60, 30)[0]) < 2);
      assert.deepEqual(await counts(page), [0]);
      await page.getByLabel("Pan and zoom (Z)").click();
      await page.keyboard.down(" ");
      await drag(page, panned(60, 40), panned(60, 30));
      await page.keyboard.up(" ");
      assert.equal((await settings(page)).tool, "pan");
      await page.keyboard.press("Control+r");
      assert.deepEqual((await pixelPlaces(page))(70, 20), at(70, 20));
      await page.close();
    });

    await t.step("changes the brush by Alt-drag", async () => {
      const { page, at } = await openPainter(open);
      await page.keyboard.down("Alt");
      await drag(page, at(20, 20), at(30, 20));
      await page.keyboard.up("Alt");
      assert.equal((await settings(page)).size, 23);
      assert.deepEqual(await counts(page), [0]);
      await page.close();
    });

    await t.step("paints with a finger, zooms with two, and erases with a pen's end", async () => {
      const { page, at } = await openPainter(open, { touch: true });
      const cdp = await page.context().newCDPSession(page);
      const touch = (
        type: "touchStart" | "touchMove" | "touchEnd",
        ...points: [number, number][]
      ) =>
        cdp.send("Input.dispatchTouchEvent", {
          type,
          touchPoints: points.map(([x, y], id) => ({ x, y, id })),
        });
      await touch("touchStart", at(20, 20));
      await touch("touchMove", at(40, 20));
      await touch("touchEnd");
      assert.deepEqual(await counts(page), [0, 69]);
      await page.getByRole("radio", { name: "object" }).tap();
      assert.equal((await settings(page)).value, 2, "a tap after a stroke is a click");
      await page.getByRole("radio", { name: "background" }).tap();
      await touch("touchStart", at(50, 40));
      await touch("touchStart", at(50, 40), at(60, 40));
      await touch("touchMove", at(45, 40), at(70, 40));
      await touch("touchEnd");
      assert.deepEqual(await counts(page), [0, 69]);
      const { scale, fitted } = await page.evaluate(() => painter.viewport.view);
      assert.ok(!fitted && scale > 1.5 * (at(1, 0)[0] - at(0, 0)[0]), `scale ${scale}`);
      await page.evaluate(() => painter.viewport.reset());

      const pen = (type: "mousePressed" | "mouseMoved" | "mouseReleased", x: number, y: number) =>
        cdp.send("Input.dispatchMouseEvent", {
          type,
          x,
          y,
          button: "left",
          buttons: type === "mouseReleased" ? 0 : 1,
          clickCount: 1,
          pointerType: "pen",
        });
      await pen("mousePressed", ...at(20, 60));
      await pen("mouseMoved", ...at(40, 60));
      await pen("mouseReleased", ...at(40, 60));
      assert.deepEqual(await counts(page), [0, 138]);
      await page.getByLabel("Annotation", { exact: true }).evaluate((canvas, [from, to]) => {
        const event = (type: string, [clientX, clientY]: number[], buttons: number) =>
          canvas.dispatchEvent(
            new PointerEvent(type, {
              clientX,
              clientY,
              buttons,
              button: 5,
              pointerId: 77,
              pointerType: "pen",
            }),
          );
        event("pointerdown", from, 32);
        event("pointermove", to, 32);
        event("pointerup", to, 0);
      }, [at(20, 60), at(40, 60)]);
      assert.deepEqual(await counts(page), [0, 69]);
      await page.close();
    });

    await t.step("can be used by keyboard alone", async () => {
      const { page } = await openPainter(open);
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press("Tab");
        const label = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
        if (label === "Annotation") break;
      }
      await page.keyboard.press("Enter");
      for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Enter");
      await page.keyboard.press("ArrowRight");
      assert.deepEqual(await counts(page), [0, 8 * 3 + 10 * 3]);
      assert.equal(await page.evaluate(() => painter.annotation.undoDepth), 1);
      assert.match(await page.getByRole("status").textContent() ?? "", /x 56, y 50/);
      await page.close();
    });

    await t.step("paints in the slice in view and fills through a volume", async () => {
      const { page, at } = await openPainter(open, { depth: 5 });
      await page.getByLabel("Slice").fill("4");
      await drag(page, at(20, 20), at(40, 20));
      const there = await page.evaluate(() =>
        [0, 2, 4].map((z) => painter.annotation.at(30, 20, z))
      );
      assert.deepEqual(there, [0, 0, 1]);
      await page.keyboard.press("f");
      await page.getByRole("button", { name: "3D" }).click();
      await page.mouse.click(...at(5, 5));
      assert.deepEqual(await counts(page), [0, 100 * 80 * 5]);
      await page.close();
    });
  });
});
