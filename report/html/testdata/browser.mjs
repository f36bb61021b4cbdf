// Opens reports from disk in a headless Chromium and checks what only a browser
// can tell: no message on the console, no request, messages that open on a click
// and on Enter, search and filters, and that all of it is readable without scripts.
//
//	CHROMIUM=/usr/bin/chromium node browser.mjs FOLDER REPORT.html...
//
// Screenshots go to FOLDER. Modules are looked for as Node does: playwright-core
// must be installed above this file or in NODE_PATH.
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { chromium } = createRequire(path.join(process.cwd(), "x.js"))("playwright-core");
const [folder, ...reports] = process.argv.slice(2);
const shots = process.env.SHOTS !== "0";
let faults = 0;

function check(name, what, ok, more = "") {
  if (!ok) { faults++; console.log(`FAIL ${name}: ${what} ${more}`); }
}

// settles waits until something is so: the page filters a moment after the last key,
// and how long a moment takes depends on what else the machine does.
async function settles(look) {
  for (const end = Date.now() + 10000; ; ) {
    if (await look()) return true;
    if (Date.now() > end) return false;
    await new Promise((r) => setTimeout(r, 50));
  }
}

async function open(options) {
  const profile = mkdtempSync(path.join(tmpdir(), "report-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    headless: true,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ...options,
  });
  return { context, done: async () => { await context.close(); rmSync(profile, { recursive: true, force: true }); } };
}

async function load(context, name, url, scripts = true) {
  const page = await context.newPage();
  page.on("console", (m) => check(name, "console", false, m.text()));
  page.on("pageerror", (e) => check(name, "script", false, e.message));
  page.on("request", (r) => check(name, "request", r.url() === url || r.url().startsWith(url + "#"), r.url()));
  const before = Date.now();
  await page.goto(url, { waitUntil: "load" });
  if (scripts) await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
  return { page, ms: Date.now() - before };
}

// behaviour uses the report as a reader does.
async function behaviour(page, name) {
  const arrows = page.locator(".ladder a");
  const n = await arrows.count();
  if (n > 0) {
    const first = arrows.first();
    const id = await first.getAttribute("data-row");
    await first.click();
    const tree = page.locator(`[id="${id}"]`);
    check(name, "a click opens the message", await tree.isVisible());
    await page.locator(`details:has([id="${id}"]) > summary`).first().press("Enter");
    const last = arrows.nth(Math.min(n, 4) - 1);
    const other = await last.getAttribute("data-row");
    await last.focus();
    await page.keyboard.press("Enter");
    check(name, "Enter opens the message", await page.locator(`[id="${other}"]`).isVisible());
    await first.focus();
    await page.keyboard.press("ArrowDown");
    if (n > 1) check(name, "arrow keys move along the ladder", await arrows.nth(1).evaluate((e) => e === document.activeElement));
  }
  await page.locator("body").click({ position: { x: 2, y: 2 } });
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  check(name, "/ goes to the search", await page.locator("#q").evaluate((e) => e === document.activeElement));
  const rows = page.locator("[data-find]:visible");
  const all = await rows.count();
  await page.keyboard.type("zzz-nothing");
  check(name, "search hides what does not match", await settles(async () => (await rows.count()) === 0));
  check(name, "the number is announced", await settles(async () => (await page.locator("#count").textContent()) === "Nothing matches"));
  await page.keyboard.press("Escape");
  check(name, "Escape clears", await settles(async () => (await rows.count()) === all));
  for (const select of ["#kind", "#severity", "#tunnel"]) {
    const values = await page.locator(`${select} option`).evaluateAll((os) => os.map((o) => o.value).filter(Boolean));
    for (const v of values.slice(0, 3)) {
      await page.selectOption(select, v);
      const wrong = () => page.evaluate(([select, v]) => {
        const bad = { "#kind": `[data-find=message]:not([data-x="${v}"])`, "#severity": `[data-find=finding]:not([data-s="${v}"])`, "#tunnel": `[data-t]:not([data-t="${v}"])` }[select];
        return Array.from(document.querySelectorAll(bad)).filter((e) => !e.hidden).length;
      }, [select, v]);
      check(name, `filter ${select}=${v}`, await settles(async () => (await wrong()) === 0));
    }
    await page.selectOption(select, "");
  }
  check(name, "without filters all is back", await settles(async () => (await rows.count()) === all));
}

// overlap finds texts of the drawings that lie on one another, and parts that are
// wider than the window.
async function overlap(page, name) {
  const found = await page.evaluate(() => {
    const out = [];
    for (const svg of document.querySelectorAll(".ladder svg")) {
      const boxes = Array.from(svg.querySelectorAll("text")).map((t) => [t.textContent, t.getBoundingClientRect()]);
      const frame = svg.getBoundingClientRect();
      boxes.forEach(([a, x], i) => {
        if (x.left < frame.left - 1 || x.right > frame.right + 1) out.push("outside: " + a);
        for (const [b, y] of boxes.slice(i + 1)) {
          if (x.left < y.right - 1 && y.left < x.right - 1 && x.top < y.bottom - 4 && y.top < x.bottom - 4) out.push(`${a} / ${b}`);
        }
      });
    }
    if (document.documentElement.scrollWidth > innerWidth) out.push("page is wider than the window: " + document.documentElement.scrollWidth);
    return out.slice(0, 5);
  });
  check(name, "overlap", found.length === 0, found.join("; "));
}

for (const report of reports) {
  const url = pathToFileURL(path.resolve(report)).href, base = path.basename(report, ".html");
  for (const width of [1280, 400]) {
    for (const colorScheme of ["light", "dark"]) {
      const { context, done } = await open({ viewport: { width, height: 900 }, colorScheme });
      const name = `${base} ${width} ${colorScheme}`;
      let { page, ms } = await load(context, name, url);
      for (let again = 0; ms >= 2000 && again < 3; again++) { // what else the machine does is not the report's fault
        await page.close();
        ({ page, ms } = await load(context, name, url));
      }
      check(name, "opens within 2 seconds", ms < 2000, `${ms} ms`);
      if (width === 1280 && colorScheme === "light") console.log(`${base}: ${ms} ms`);
      await overlap(page, name);
      if (shots) await page.screenshot({ path: path.join(folder, `${base}-${width}-${colorScheme}.png`), fullPage: true });
      if (colorScheme === "light") await behaviour(page, name);
      await done();
    }
  }
  const { context, done } = await open({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  const { page } = await load(context, base + " without scripts", url, false);
  check(base, "no controls without scripts", !(await page.locator("#controls").isVisible()));
  const fold = page.locator(".msg details").first();
  if (await fold.count()) {
    await fold.locator("summary").click();
    check(base, "messages open without scripts", await fold.locator(".tree").isVisible());
  }
  await done();
}
console.log(faults ? `${faults} faults` : "ok");
process.exit(faults ? 1 : 0);
