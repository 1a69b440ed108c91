// The page in somebody else's: a story waits until it is begun, and the page around it may steer it if the address says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessibilityProblems, screenshot, useSite } from './support.mjs';

/** A page that embeds the site, notes what it is told, and can be made to ask. */
const host = `<!doctype html><html lang="en"><title>docs</title><link rel="icon" href="data:,"><h1>Docs</h1>
<iframe title="Orrery" width="800" height="560"></iframe>
<script>
  const frame = document.querySelector('iframe');
  const query = new URLSearchParams(location.search);
  if (query.get('origin') === 'mine') query.set('origin', location.origin);
  frame.src = '/?' + query;
  globalThis.heard = [];
  addEventListener('message', ({ source, origin, data }) => source === frame.contentWindow && heard.push({ ...data, from: origin }));
  globalThis.ask = (message) => frame.contentWindow.postMessage({ orrery: 1, ...message }, location.origin);
</script>`;

const site = useSite({ pages: { '/docs.html': host } });

test('an embedded story waits as a poster until it is begun', async () => {
  for (const [viewport, colorScheme, lang] of [
    [{ width: 600, height: 400 }, 'light', 'en'],
    [{ width: 390, height: 560 }, 'dark', 'ko'],
  ]) {
    const { page, close } = await site.open({ viewport, colorScheme });
    await page.goto(`${site.origin}/?embed=1&story=healing&lang=${lang}`);
    await page.waitForSelector('.poster h1');
    assert.equal(await page.textContent('.poster h1'), lang === 'ko' ? '자가 치유' : 'Healing');
    assert.equal(await page.$('.telling'), null);
    assert.deepEqual(await accessibilityProblems(page), []);
    assert.match(await page.getAttribute('.poster a', 'href'), /\?story=healing&lang=..$/, 'the whole page tells the same story');
    await screenshot(page, `poster-${viewport.width}`);
    await page.click('.poster .begin');
    await page.waitForSelector('.telling .typed');
    assert.equal(await page.$('.poster'), null);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
    await page.waitForFunction(() => !document.querySelector('.telling .busy'), null, { timeout: 60_000 });
    await page.waitForFunction(() => {
      const stage = document.querySelector('.stage').getBoundingClientRect();
      const pod = document.querySelector('.stage [data-ref^="Pod/default/web-"]').getBoundingClientRect();
      return stage.height > 230 && pod.top >= stage.top && pod.bottom <= stage.bottom;
    });
    await screenshot(page, `embedded-${viewport.width}`);
    await close();
  }
});

test('an embedded story begins by itself where the address says so, but not for who wants less motion', async () => {
  for (const [reducedMotion, shown] of [['no-preference', '.telling'], ['reduce', '.poster h1']]) {
    const { page, close } = await site.open({ reducedMotion });
    await page.goto(`${site.origin}/?embed=1&story=healing&autoplay=1`);
    await page.waitForSelector(shown);
    await close();
  }
});

test('the page around an embed steers it and is told what happens', async () => {
  const { page, close } = await site.open();
  await page.goto(`${site.origin}/docs.html?embed=1&story=healing&lang=en&origin=mine`);
  const heard = (wanted) => page.waitForFunction((wanted) => {
    const fits = (message) => Object.entries(wanted).every(([key, value]) => message[key] === value);
    return heard.find(fits);
  }, wanted, { timeout: 60_000 }).then((found) => found.jsonValue());
  const ask = (message) => page.evaluate((message) => ask(message), message);
  const ready = await heard({ event: 'ready' });
  assert.equal(ready.from, site.origin);
  assert.ok(ready.stories.includes('healing'));
  await page.frameLocator('iframe').locator('.poster h1').waitFor();
  await ask({ do: 'play' });
  await heard({ event: 'caption', story: 'healing', caption: 1, of: 6 });
  await heard({ event: 'play' });
  await ask({ do: 'kubectl', value: 'get nodes -o name', id: 7 });
  assert.match((await heard({ event: 'answer', id: 7 })).output, /^node\/node-1\n/);
  await ask({ do: 'kubectl', value: 'get nonsense', id: 8 });
  assert.match((await heard({ id: 8, ok: false })).why, /doesn't have a resource type "nonsense"/);
  await ask({ do: 'apply', value: 'apiVersion: v1\nkind: Pod\nmetadata: {name: guest}\nspec: {containers: [{name: a, image: nginx}]}\n', id: 9 });
  await heard({ id: 9, ok: true });
  await page.frameLocator('iframe').locator('[data-ref="Pod/default/guest"]').first().waitFor();
  await ask({ do: 'caption', value: 2 });
  await heard({ event: 'caption', caption: 2 });
  await ask({ do: 'pause' });
  assert.ok((await heard({ event: 'pause' })).seconds > 0);
  await ask({ do: 'seek', value: 0 });
  await page.frameLocator('iframe').locator('.clock', { hasText: '00:00:00' }).waitFor();
  for (const [id, message, why] of [
    [10, { do: 'fly' }, /no such request/],
    [11, { do: 'seek', value: -1 }, /seconds/],
    [12, { do: 'story', value: '<b>' }, /no such story/],
    [13, { do: 'apply', value: { kind: 'Pod' } }, /a text/],
  ]) {
    await ask({ ...message, id });
    assert.match((await heard({ id, ok: false })).why, why);
  }
  await close();
});

test('an embed speaks with nobody whom its address does not name', async () => {
  for (const origin of ['', '&origin=https://elsewhere.example', '&origin=*']) {
    const { page, close } = await site.open();
    await page.goto(`${site.origin}/docs.html?embed=1&story=healing${origin}`);
    await page.frameLocator('iframe').locator('.poster h1').waitFor();
    await page.evaluate(() => ask({ do: 'play' }));
    await page.waitForTimeout(500);
    assert.deepEqual(await page.evaluate(() => heard), []);
    assert.equal(await page.frameLocator('iframe').locator('.telling').count(), 0);
    // Chromium notes that a message did not reach the other origin.
    page.troubles.splice(0, page.troubles.length, ...page.troubles.filter((trouble) => !/postMessage/.test(trouble)));
    await close();
  }
});
