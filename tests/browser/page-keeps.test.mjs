// What outlives a reload, what a link holds, and how the page behaves in somebody else's.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openOrrery, openWith, paste, select, untilReady, web } from './page.mjs';
import { accessibilityProblems, eventually, useSite } from './support.mjs';

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
  await eventually(async () => assert.match(await page.locator('.length').innerText(), /\d+ characters/));
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
  await eventually(async () => assert.equal(await playing(), 'Pause'));
  await page.keyboard.press('Space');
  await eventually(async () => assert.equal(await playing(), 'Play'));
  const before = await page.locator('.clock').innerText();
  await page.keyboard.press('.');
  await eventually(async () => assert.notEqual(await page.locator('.clock').innerText(), before));
  await page.keyboard.press(']');
  await eventually(async () => assert.equal(await page.locator('.speed output').innerText(), '60×'));
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
  await page.click('.cm-content');
  await page.keyboard.type('k');
  await eventually(async () => assert.equal(await playing(), 'Play'));
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
  await eventually(async () => assert.equal(await page.locator('.left').isVisible(), true));
  await page.click('.sheet-bar button:nth-child(1)');
  await page.locator('.picture .pod[data-state=ready]').first().click();
  await eventually(async () => assert.equal(await page.locator('.right').isVisible(), true));
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

/** Scales `web` by the console. */
async function scale(page, replicas) {
  await page.click('.log-head button:nth-child(2)');
  await page.fill('.console input', `kubectl scale deploy/web --replicas=${replicas}`);
  await page.press('.console input', 'Enter');
}

test('where nothing may be kept the page works, and says so once', async () => {
  const { page, close } = await site.open();
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException('denied', 'SecurityError'); } });
    }
  });
  await openOrrery(page, `${site.origin}/?autoplay=0&t=30`);
  await paste(page, web({ replicas: 2 }));
  await page.waitForTimeout(400);
  await page.click('.head .runs-button');
  await eventually(async () => assert.match(await page.locator('dialog .refusal').innerText(), /keeps nothing/));
  await page.keyboard.press('Escape');
  await page.click('.head .theme');
  await close();
});

test('where there is no room the run is not kept, the ones before stay, and the page says what to do', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?t=30&autoplay=0`, web());
  await untilReady(page, 3);
  await scale(page, 4);
  const before = await page.evaluate(() => {
    const before = Object.keys(localStorage).filter((key) => key.startsWith('orrery.run.'));
    for (let size = 1 << 20; size > 0; size >>= 1) {
      try {
        for (let n = 0; ; n++) localStorage.setItem(`other.${size}.${n}`, 'x'.repeat(size));
      } catch {}
    }
    return before;
  });
  await scale(page, 5);
  await page.waitForFunction(() => /no room/.test(document.querySelector('.toast')?.innerText));
  const after = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('orrery.run.')));
  assert.deepEqual(after, before);
  await close();
});

test('two tabs that go on with one run write over nothing', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?t=30&autoplay=0`, web());
  await untilReady(page, 3);
  await scale(page, 4);
  const other = await page.context().newPage();
  await openOrrery(other, `${site.origin}/?autoplay=0`);
  await scale(other, 1);
  await scale(page, 5);
  await page.waitForTimeout(300);
  for (const [tab, replicas] of [[page, 5], [other, 1]]) {
    await tab.reload();
    await tab.waitForSelector('.picture .rail');
    await tab.locator('.scrubber input').fill('90');
    await untilReady(tab, replicas);
  }
  await page.click('.head .runs-button');
  await eventually(async () => assert.equal(await page.locator('.runs li').count(), 2));
  await close();
});

test('a run that an older page kept is opened, and a list that cannot be read loses none', async () => {
  const link = await readFile(new URL('../../crates/share/src/tests/golden/every-action.2.link', import.meta.url), 'utf8');
  for (const index of [[{ id: 'old', words: 'from before', kept: 1, steps: 28, at: 5e9, trace: '', own: true, size: 700 }], 'garbled']) {
    const { page, close } = await site.open();
    await page.addInitScript(([link, index]) => {
      if (localStorage.getItem('orrery.runs')) return;
      localStorage.setItem('orrery.runs', JSON.stringify(index));
      localStorage.setItem('orrery.run.old', JSON.stringify(link.trim()));
    }, [link, index]);
    await openOrrery(page, `${site.origin}/?autoplay=0`);
    await page.waitForFunction(() => document.querySelectorAll('.strip .mark').length > 20);
    await page.click('.head .runs-button');
    await eventually(async () => assert.equal(await page.locator('.runs li').count(), 1));
    await close();
  }
});
