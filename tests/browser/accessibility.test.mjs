// People who do not see the picture, or see it badly, can use the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOrrery } from './page.mjs';
import { accessibilityProblems, untilDrawn, useSite } from './support.mjs';

const site = useSite({ pages: { '/bad.html': '<!doctype html><title>bad</title><link rel="icon" href="data:,"><button></button>' } });

for (const colorScheme of ['light', 'dark']) {
  test(`the first picture has no serious accessibility problem: ${colorScheme}`, async () => {
    const { page, close } = await site.open({ colorScheme });
    await page.goto(`${site.origin}/`);
    await untilDrawn(page);
    assert.deepEqual(await accessibilityProblems(page), []);
    await close();
  });
}

/** What can be on the page, each by how one comes to it from the page as it opens, and how one leaves it. */
const places = [
  ...[1, 2, 3, 4, 5].map((nth) => [`view ${nth}`, (page) => page.click(`.views button:nth-child(${nth})`)]),
  ['a pod and why it is so', async (page) => {
    await page.click('.views button:nth-child(1)');
    await page.locator('.picture .pod').first().click();
    await page.keyboard.press('w');
  }],
  ['a walk along its causes', (page) => page.keyboard.press('b')],
  ['a pod from within', async (page) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
  }],
  ['the console', async (page) => {
    await page.keyboard.press('Escape');
    await page.locator('.log-head button').nth(1).click();
    await page.fill('.console input', 'kubectl get pods');
    await page.press('.console input', 'Enter');
  }],
  ['the gallery', (page) => page.click('.examples')],
  ['the list of runs', (page) => page.click('.runs-button')],
  ['branches and what differs', (page) => page.click('.controls .branches')],
  ['sharing', (page) => page.click('.share')],
  ['help', (page) => page.click('.head .btn.icon:last-child')],
];

for (const theme of ['light', 'dark']) {
  for (const lang of ['en', 'ko']) {
    test(`nothing on the page has a serious accessibility problem: ${theme}, ${lang}`, async () => {
      const { page, close } = await site.open({ viewport: { width: 1600, height: 900 }, reducedMotion: 'reduce' });
      await openOrrery(page, `${site.origin}/?lang=${lang}&theme=${theme}&t=8&autoplay=0`);
      await page.waitForSelector('.picture .pod');
      const problems = [];
      for (const [name, go] of places) {
        await go(page);
        await page.waitForTimeout(400);
        problems.push(...(await accessibilityProblems(page)).map((problem) => `${name}: ${problem}`));
        if (await page.$('dialog[open]')) await page.keyboard.press('Escape');
      }
      assert.deepEqual(problems, []);
      await close();
    });

    test(`a story has no serious accessibility problem, on a phone either: ${theme}, ${lang}`, async () => {
      for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
        const { page, close } = await site.open({ viewport, reducedMotion: 'reduce' });
        await page.goto(`${site.origin}/?story=deployment&lang=${lang}&theme=${theme}`);
        await page.waitForSelector('.telling .caption');
        await page.keyboard.press('PageDown');
        await page.waitForSelector('.telling .typed');
        assert.deepEqual(await accessibilityProblems(page), [], `${viewport.width} px`);
        await close();
      }
    });
  }
}

test('a narrow phone shows every action, large enough for a finger and without scrolling sideways', async () => {
  for (const width of [390, 320]) {
    const { page, close } = await site.open({ viewport: { width, height: 844 } });
    await page.goto(`${site.origin}/?lang=ko`);
    await untilDrawn(page);
    await page.waitForSelector('.picture .pod');
    const told = await page.evaluate(() => {
      const places = [...document.querySelectorAll('.head button, .head select, .sheet-bar button, .controls button, .controls select')]
        .filter((one) => one.checkVisibility())
        .map((one) => [one.getAttribute('aria-label') ?? one.textContent, one.getBoundingClientRect()]);
      const wrong = places.filter(([, place]) => place.width < 24 || place.height < 24 || place.left < 0 || place.right > innerWidth);
      return { wrong: wrong.map(([name]) => name), count: places.length, width: document.documentElement.scrollWidth };
    });
    assert.deepEqual(told.wrong, []);
    assert.ok(told.count >= 18, `${told.count} actions`);
    assert.equal(told.width, width);
    await close();
  }
});

test('no dialog and no sheet of a narrow phone scrolls sideways, and what is in it is large enough for a finger', async () => {
  const sheets = (nth) => (page) => page.click(`.sheet-bar button:nth-child(${nth})`);
  const shown = [
    ...places.filter(([name]) => ['the gallery', 'the list of runs', 'branches and what differs', 'sharing', 'help'].includes(name)),
    ['a file that is refused', async (page) => {
      await page.click('.runs-button');
      await page.setInputFiles('.open-file input', { name: `${'long'.repeat(20)}.txt`, mimeType: 'text/plain', buffer: Buffer.from('a poem') });
      await page.waitForSelector('.refusal');
    }],
    ['a pod and why it is so', (page) => page.locator('.picture .pod').first().click()],
    ['a walk along its causes', (page) => page.keyboard.press('b')],
  ['a pod from within', async (page) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
  }],
    ['the editor', sheets(2)],
    ['the events', sheets(4)],
  ];
  for (const width of [390, 320]) {
    for (const lang of ['en', 'ko']) {
      const { page, close } = await site.open({ viewport: { width, height: 844 }, reducedMotion: 'reduce' });
      await page.goto(`${site.origin}/?lang=${lang}&t=8&autoplay=0`);
      await page.waitForSelector('.picture .pod');
      const wrong = [];
      for (const [name, go] of shown) {
        await go(page);
        await page.waitForTimeout(300);
        const found = await page.evaluate(() => {
          const boxes = [...document.querySelectorAll('dialog[open], .stage, .left, .right, .log')].filter((one) => one.checkVisibility());
          const wide = boxes.filter((one) => one.scrollWidth > one.clientWidth).map((one) => `${one.tagName} ${one.className} is ${one.scrollWidth} px wide`);
          const room = document.querySelector('dialog[open]') ?? document;
          const small = [...room.querySelectorAll('button, select, summary, a.btn')].filter((one) => one.checkVisibility() && !one.closest('.cm-editor'))
            .filter((one) => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height) < 23.5)
            .map((one) => `${one.getAttribute('aria-label') ?? one.textContent} is small`);
          return [...wide, ...small, ...(document.documentElement.scrollWidth > innerWidth ? ['the page is too wide'] : [])];
        });
        wrong.push(...found.map((what) => `${name}: ${what}`));
        if (await page.$('dialog[open]')) await page.keyboard.press('Escape');
      }
      assert.deepEqual(wrong, [], `${width} px, ${lang}`);
      await close();
    }
  }
});

test('a page with a nameless button is caught', async () => {
  const { page, close } = await site.open();
  await page.goto(`${site.origin}/bad.html`);
  const problems = await accessibilityProblems(page);
  assert.ok(problems.some((problem) => problem.startsWith('button-name')), problems.join('\n'));
  await close();
});
