// The page opens wherever it is put, in light and dark, wide and narrow, and touches nothing but its own files.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenshot, untilDrawn, useSite } from './support.mjs';

const badPage = `<!doctype html><title>bad</title><link rel="icon" href="data:,">
<img src="http://elsewhere.invalid/pixel.png"><script>console.error('panicked at engine'); throw new Error('boom');</script>`;

const site = useSite({ pages: { '/bad.html': badPage } });

for (const path of ['/', '/a/b/']) {
  test(`the page opens at ${path}`, async () => {
    const { page, close } = await site.open();
    await page.goto(site.origin + path);
    await untilDrawn(page);
    assert.match(await page.title(), /Orrery/);
    await close();
  });
}

for (const [name, options] of Object.entries({
  'light-wide': { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  'dark-wide': { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  'light-narrow': { colorScheme: 'light', viewport: { width: 320, height: 640 } },
  'dark-narrow': { colorScheme: 'dark', viewport: { width: 320, height: 640 } },
  'korean-wide': { locale: 'ko-KR', viewport: { width: 1440, height: 900 } },
})) {
  test(`the page fits its window: ${name}`, async () => {
    const { page, close } = await site.open(options);
    await page.goto(`${site.origin}/`);
    await untilDrawn(page);
    await screenshot(page, `smoke-${name}`);
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `the page is ${content} px wide in a window of ${window} px`);
    await close();
  });
}

test('a page that calls elsewhere and fails is caught by the harness', async () => {
  const { page, close } = await site.open();
  await page.goto(`${site.origin}/bad.html`);
  await assert.rejects(close);
  for (const trouble of ['request to another host', 'panicked at engine', 'uncaught: Error: boom']) {
    assert.ok(page.troubles.some((found) => found.includes(trouble)), `${trouble}: ${page.troubles.join('\n')}`);
  }
});
