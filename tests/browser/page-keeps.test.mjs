// What outlives a reload, what a link holds, and how the page behaves in somebody else's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOrrery, openWith, paste, select, untilReady, web } from './page.mjs';
import { accessibilityProblems, useSite } from './support.mjs';

const host = `<!doctype html><html lang="en"><title>docs</title><link rel="icon" href="data:,"><h1>Docs</h1>
<iframe title="Orrery" width="800" height="560" src="/?embed=1&autoplay=1&speed=10"></iframe>`;

const site = useSite({ pages: { '/docs.html': host } });

test('files, theme, language and speed survive a reload', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await paste(page, web({ replicas: 2 }));
  await page.click('.head .theme');
  await page.click('.head .lang');
  await page.click('.faster');
  await page.waitForTimeout(400);
  await page.reload();
  await page.waitForSelector('.cm-content');
  assert.match(await page.locator('.cm-content').innerText(), /replicas: 2/);
  assert.equal(await page.getAttribute('html', 'data-theme'), 'light');
  assert.equal(await page.getAttribute('html', 'lang'), 'ko');
  assert.equal(await page.locator('.speed output').innerText(), '60×');
  await close();
});

test('a link repeats the run for whoever opens it', async () => {
  const { page, close } = await site.open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await page.keyboard.press('Escape');
  await page.click('.play');
  await page.click('.share');
  const link = await page.locator('.link-text').inputValue();
  assert.match(link, /#2:[\w-]+$/);
  assert.match(await page.locator('.length').innerText(), /\d+ characters/);
  const now = await page.locator('.clock').innerText();
  const before = await page.$$eval('.picture .pod', (pods) => pods.map((pod) => pod.getAttribute('style') + pod.dataset.ref).sort());

  const other = await site.open();
  await other.page.goto(`${link.replace('#', '?autoplay=0#')}`);
  await untilReady(other.page, 3);
  await other.page.waitForFunction((now) => document.querySelector('.clock').innerText === now, now);
  const after = await other.page.$$eval('.picture .pod', (pods) => pods.map((pod) => pod.getAttribute('style') + pod.dataset.ref).sort());
  assert.deepEqual(after, before, 'the same pods on the same nodes');
  await other.close();
  await close();
});

test('a damaged link says so and the page works', async () => {
  const { page, close } = await site.open();
  await openOrrery(page, `${site.origin}/#1:RgAAAHNvbWV0aGluZw`);
  assert.match(await page.locator('.notice').innerText(), /cannot be opened.*end is missing/s);
  await page.click('.notice button');
  await page.waitForSelector('.picture .pod');
  await close();
});

test('in an iframe there are picture and time, and no editor is loaded', async () => {
  const { page, close } = await site.open();
  const loaded = [];
  page.on('request', (request) => loaded.push(request.url()));
  await page.goto(`${site.origin}/docs.html`);
  const frame = page.frameLocator('iframe');
  await frame.locator('.picture .pod[data-state=ready]').first().waitFor({ timeout: 20_000 });
  assert.equal(await frame.locator('.left, .right, .head').count(), 0);
  assert.ok(!loaded.some((url) => url.includes('editor.js')), 'the editor was loaded');
  await close();
});

test('parameters set theme, language, time and speed', async () => {
  const { page, close } = await site.open();
  await openOrrery(page, `${site.origin}/?theme=dark&lang=ko&t=90&speed=5&autoplay=0`);
  await page.waitForFunction(() => document.querySelector('.clock').innerText.startsWith('00:01:30'));
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
  assert.equal(await page.locator('.apply .primary').innerText().then((text) => text.startsWith('적용')), true);
  assert.equal(await page.locator('.speed output').innerText(), '5×');
  await close();
});

test('the keyboard drives time, and not while somebody types', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?autoplay=0`, web());
  const playing = () => page.locator('.play').getAttribute('aria-label');
  await page.keyboard.press('k');
  assert.equal(await playing(), 'Pause');
  await page.keyboard.press('Space');
  assert.equal(await playing(), 'Play');
  const before = await page.locator('.clock').innerText();
  await page.keyboard.press('.');
  assert.notEqual(await page.locator('.clock').innerText(), before);
  await page.keyboard.press(']');
  assert.equal(await page.locator('.speed output').innerText(), '60×');
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
  await page.click('.cm-content');
  await page.keyboard.type('k');
  assert.equal(await playing(), 'Play');
  await close();
});

test('time goes back by replaying, and the run goes on from there', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?t=60&autoplay=0`, web());
  await untilReady(page, 3);
  await page.locator('.scrubber input').fill('0');
  await page.waitForFunction(() => document.querySelector('.clock').innerText.startsWith('00:00:00'));
  await page.waitForFunction(() => !document.querySelector('.picture .pod[data-state=ready]'));
  await page.locator('.scrubber input').fill('60');
  await untilReady(page, 3);
  await close();
});

test('a paused page asks for no frames', async () => {
  const { page, close } = await site.open();
  await page.addInitScript(() => {
    globalThis.frames_asked = 0;
    const ask = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (f) => (globalThis.frames_asked++, ask(f));
  });
  await openWith(page, `${site.origin}/?autoplay=0`, web());
  await page.waitForTimeout(500);
  const before = await page.evaluate(() => globalThis.frames_asked);
  await page.waitForTimeout(700);
  assert.equal(await page.evaluate(() => globalThis.frames_asked), before);
  await close();
});

test('on a phone the picture comes first and the panels are sheets', async () => {
  const { page, close } = await site.open({ viewport: { width: 390, height: 844 } });
  await page.goto(`${site.origin}/?speed=10`);
  await page.waitForSelector('.picture .pod[data-state=ready]', { timeout: 20_000 });
  assert.equal(await page.locator('.left').isVisible(), false);
  await page.click('.sheet-bar button:nth-child(2)');
  assert.equal(await page.locator('.left').isVisible(), true);
  await page.click('.sheet-bar button:nth-child(1)');
  await page.locator('.picture .pod[data-state=ready]').first().click();
  assert.equal(await page.locator('.right').isVisible(), true);
  await close();
});

for (const [colorScheme, locale] of [['light', 'en-US'], ['dark', 'ko-KR']]) {
  test(`a page at work has no serious accessibility problem: ${colorScheme}, ${locale}`, async () => {
    const { page, close } = await site.open({ colorScheme, locale });
    await openWith(page, `${site.origin}/?t=60&autoplay=0`, web());
    await untilReady(page, 3);
    await select(page, 'Node//node-1');
    assert.deepEqual(await accessibilityProblems(page), []);
    await close();
  });
}

test('what was written is put aside when an example takes its place', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web({ replicas: 2 }));
  await page.click('.examples');
  await page.click('.examples li:nth-child(3) button');
  await page.waitForFunction(() => /RollingUpdate/.test(document.querySelector('.cm-content').innerText));
  await page.click('.examples');
  await page.click('.examples li:last-child button');
  await untilReady(page, 2);
  assert.match(await page.locator('.cm-content').innerText(), /replicas: 2/);
  await close();
});
