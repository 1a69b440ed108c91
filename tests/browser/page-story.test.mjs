// Stories: a scenario file is told in the page, caption by caption, over one run that can be gone back to and left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOrrery, paste } from './page.mjs';
import { accessibilityProblems, screenshot, useSite } from './support.mjs';

const site = useSite();
const wide = { viewport: { width: 1440, height: 900 } };

/** Waits until everything of the caption has happened. */
const told = (page) => page.waitForFunction(() => document.querySelector('.telling') && !document.querySelector('.telling .busy'), null, { timeout: 60_000 });
const caption = (page) => page.textContent('.telling .caption');
const count = (page) => page.textContent('.telling header .push');

/** Goes on to the next caption. */
async function next(page) {
  const before = await count(page);
  await page.keyboard.press('PageDown');
  await page.waitForFunction((before) => document.querySelector('.telling header .push').textContent !== before, before, { timeout: 60_000 });
}

test('a story is told to its end, what it is about is lit, and what it expects holds', async () => {
  const { page, close } = await site.open(wide);
  await openOrrery(page, `${site.origin}/?story=deployment&lang=en`);
  await page.waitForSelector('.telling');
  assert.match(await caption(page), /The API server is the only door/);
  await told(page);
  await next(page);
  await told(page);
  assert.match(await page.textContent('.telling .typed'), /kubectl apply -f -/);
  assert.match(await page.textContent('.telling [role=status]'), /hold/);
  await next(page);
  await told(page);
  const lit = await page.$$eval('.picture [data-ref^="Pod/default/web-"]', (pods) => pods.map((pod) => getComputedStyle(pod).outlineStyle));
  assert.ok(lit.length >= 3 && lit.every((style) => style === 'dashed'), `pods are lit: ${lit}`);
  assert.equal(await page.getAttribute('.views button:nth-child(2)', 'aria-pressed'), 'true', 'the view has turned to owners');
  await screenshot(page, 'story');
  assert.deepEqual(await accessibilityProblems(page), []);
  for (let left = 3; left > 0; left -= 1) {
    await next(page);
    await told(page);
  }
  assert.match(await caption(page), /3 of 3/);
  assert.equal(await page.$$eval('.telling .chip.bad', (chips) => chips.length), 0);
  await page.keyboard.press('PageUp');
  await page.waitForFunction(() => /kubelet finds a pod/.test(document.querySelector('.telling .caption').textContent));
  await told(page);
  await page.click('.telling header button');
  assert.equal(await page.$('.telling'), null);
  assert.ok((await page.$$('[data-ref^="Pod/default/web-"]')).length >= 3, 'the cluster stays');
  await close();
});

test('the gallery begins with the stories, in the chosen language', async () => {
  const { page, close } = await site.open(wide);
  await openOrrery(page, `${site.origin}/?lang=ko`);
  await page.click('.head button:has-text("예제")');
  await page.waitForSelector('.stories [data-story]');
  await page.waitForFunction(() => document.querySelectorAll('.stories [data-story]').length === 14);
  assert.match(await page.textContent('[data-story=rollout]'), /롤링 업데이트와 롤백/);
  await page.click('[data-story=rollout]');
  await page.waitForSelector('.telling');
  assert.match(await caption(page), /레플리카셋이 파드를 소유한다/);
  await close();
});

test("a person's own scenario is played, and its mistakes are told at their places", async () => {
  const { page, close } = await site.open(wide);
  await openOrrery(page, `${site.origin}/?lang=en`);
  const own = async (text) => {
    await paste(page, text);
    await page.click('.head button:has-text("Examples")');
    await page.click('.stories li:last-child button');
  };
  await own('name: own\nnamespace: default\nsteps:\n- captoin: Hello\n');
  assert.match(await page.textContent('.mistakes'), /4:3: unknown field "steps\[0\].captoin"; did you mean "caption"\?/);
  await page.keyboard.press('Escape');
  await own('name: own\nnamespace: default\nsteps:\n- caption: <b>Hello</b>\n  kubectl: get nodes\n  expect: [{stdout: {contains: node-9}}]\n');
  await page.waitForSelector('.telling');
  assert.equal(await caption(page), '<b>Hello</b>', 'text never becomes markup');
  await told(page);
  assert.match(await page.textContent('.telling .chip.bad'), /without node-9/);
  await close();
});
