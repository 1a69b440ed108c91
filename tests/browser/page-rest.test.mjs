// The program comes in two files: the first picture stands on the first alone, and who needs the second and cannot have it is told so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOrrery } from './page.mjs';
import { eventually, useSite } from './support.mjs';

const site = useSite();
const rest = '**/*_rest.wasm';

/** Notes how the second file is asked for: `fetch` by itself, `xhr` by a function whose code is missing. */
function asking(page) {
  const asked = [];
  page.on('request', (request) => request.url().endsWith('_rest.wasm') && asked.push(request.resourceType()));
  return asked;
}

test('the first picture waits for nothing of the second file, which then comes by itself', async () => {
  const { page, close } = await site.open();
  const asked = asking(page);
  const came = page.waitForResponse(rest);
  await openOrrery(page, `${site.origin}/`);
  await came;
  assert.deepEqual(asked, ['fetch'], 'the profile is out of date: `cargo xtask dist --profile` takes it anew');
  await close();
});

test('what needs the second file before it is there waits for it', async () => {
  const { page, close } = await site.open();
  const asked = asking(page);
  await page.addInitScript(() => {
    WebAssembly.compileStreaming = () => new Promise(() => {});
  });
  await openOrrery(page, `${site.origin}/`);
  await page.click('.share');
  await eventually(async () => assert.match(await page.locator('.link-text').inputValue(), /#/));
  assert.equal(asked.at(-1), 'xhr');
  await close();
});

test('without the second file the page says what is missing and gives back what was typed', async () => {
  const { page, close } = await site.open();
  await page.route(rest, (route) => route.abort());
  await openOrrery(page, `${site.origin}/`);
  // Whatever needs it first: the page may have told already.
  await page.locator('.share').dispatchEvent('click');
  const crash = page.locator('.crash');
  await crash.waitFor();
  assert.match(await crash.locator('h1').innerText(), /A part of the program is missing/);
  assert.match(await crash.locator('a[download]').getAttribute('href'), /^data:text\/plain[^,]*,.*shop\.yaml/);
  // A page that is left keeps its run, and misses the file for that, too.
  await page.goto('about:blank');
  page.troubles.length = 0;
  await close();
});
