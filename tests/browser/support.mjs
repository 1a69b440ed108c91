// What the browser tests share: the built site behind a server, a Chromium in front of it, and an eye on everything that
// must never happen on any page: a request to another host, an error on the console, a panic of the engine.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const dist = join(root, 'dist');
const screenshots = join(root, 'target', 'screenshots');

const mediaTypes = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/**
 * Serves the built site at `/` and, as somebody else's web server would, deep inside another site at `/a/b/`.
 * Pages that a test makes up itself, such as one that embeds the site, can be added to `pages` by path.
 */
export async function startSite({ pages = {} } = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://site.example');
    const made = pages[pathname];
    try {
      const file = fileOf(pathname);
      const body = made ?? (await readFile(file));
      const type = made === undefined ? mediaTypes[extname(file)] : mediaTypes['.html'];
      response.writeHead(200, { 'content-type': type ?? 'application/octet-stream', 'cache-control': 'no-store' });
      response.end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end(`no ${pathname}`);
    }
  });
  await new Promise((ready, failed) => server.once('error', failed).listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((stopped) => server.close(stopped));
    },
  };
}

function fileOf(pathname) {
  const path = decodeURIComponent(pathname).replace(/^\/a\/b(?=\/)/, '');
  const file = normalize(join(dist, path.endsWith('/') ? `${path}index.html` : path));
  assert.ok(file.startsWith(dist + sep), `${pathname} leaves the site`);
  return file;
}

/** A headless Chromium that keeps its own housekeeping off the network. */
function startBrowser() {
  return chromium.launch({
    executablePath: process.env.ORRERY_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * A page in a fresh browser context. `options` are Playwright's (viewport, colorScheme, locale, reducedMotion, …).
 * `page.troubles` collects what must not happen; `close` fails the test if there were any.
 */
async function openPage(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', ...options });
  const troubles = [];
  // Chromium refuses a page that is closed what it has not fetched yet; nobody is there any more to miss it.
  let closing = false;
  await context.route('**', (route) => {
    const url = route.request().url();
    if (new URL(url).origin === origin) return route.continue();
    troubles.push(`request to another host: ${url}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !closing) troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => closing || troubles.push(`uncaught: ${error.stack ?? error}`));
  page.on('crash', () => troubles.push('the page crashed'));
  page.on('websocket', (socket) => troubles.push(`a web socket: ${socket.url()}`));
  page.troubles = troubles;
  return {
    page,
    async close() {
      closing = true;
      await context.close();
      assert.deepEqual(troubles, []);
    },
  };
}

/** The built site and a browser for all tests of a file: `open` gives a page, `origin` is how addresses of the site begin. */
export function useSite({ pages = {} } = {}) {
  let site;
  let browser;
  before(async () => {
    site = await startSite({ pages });
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });
  return {
    get origin() {
      return site.origin;
    },
    open: (options) => openPage(browser, site.origin, options),
  };
}

/** Waits until the application has drawn something into the page. */
export async function untilDrawn(page) {
  await page.waitForFunction(() => document.body.innerText.trim().length > 0, null, { timeout: 30_000 });
}

/** Asserts what holds soon: the page draws in its next frames what a person did. */
export async function eventually(assertion) {
  for (const deadline = Date.now() + 10_000; ; ) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What axe-core holds against the page as it stands, serious and critical only: a line for each element. */
export async function accessibilityProblems(page) {
  await page.evaluate(await readFile(join(root, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`));
}

/** Writes target/screenshots/<name>.png, for people to look at. */
export async function screenshot(page, name) {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
