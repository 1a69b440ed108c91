// Stories: a scenario file is told in the page, caption by caption, over one run that can be gone back to and left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOrrery, paste } from './page.mjs';
import { accessibilityProblems, eventually, screenshot, useSite } from './support.mjs';

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
  await eventually(async () => assert.equal(await page.$('.telling'), null));
  await eventually(async () => assert.ok((await page.$$('[data-ref^="Pod/default/web-"]')).length >= 3, 'the cluster stays'));
  await close();
});

test("an example's manifests are the person's own file, and nothing plays; it can be played, too", async () => {
  const { page, close } = await site.open(wide);
  await openOrrery(page, `${site.origin}/?lang=en`);
  const header = (text) => page.waitForFunction((text) => document.querySelector('.head .scenario')?.textContent === text, text);
  await header('Web shop');
  await page.click('.examples');
  await page.click('[data-example=pending]');
  await page.waitForSelector('[data-ref="Pod/default/picky"]');
  await header('Pending');
  assert.equal(await page.$('.telling'), null);
  assert.match(await page.locator('.cm-content').innerText(), /^# Pods that no node can take/);
  await page.waitForTimeout(400);
  await page.reload();
  await header('Pending');
  await paste(page, '# mine\n');
  await header('Your manifests');
  await page.click('.examples');
  await page.click('[data-example=services] >> text=Open the manifests');
  await page.waitForSelector('[data-ref="Pod/default/client"]');
  await header('Services and the path of a request');
  await page.click('.examples');
  await eventually(async () => assert.match(await page.textContent('.gallery.examples li:last-child'), /Your manifests/, 'what was written is not lost'));
  await page.click('.examples [data-story=pending]');
  await page.waitForSelector('.telling');
  await told(page);
  await next(page);
  await told(page);
  assert.match(await page.textContent('.telling .chip.good'), /2 expectations hold/);
  await close();
});

test('the gallery begins with the stories, in the chosen language', async () => {
  const { page, close } = await site.open(wide);
  await openOrrery(page, `${site.origin}/?lang=ko`);
  await page.click('.head button:has-text("예제")');
  await page.waitForSelector('.stories [data-story]');
  await page.waitForFunction(() => document.querySelectorAll('.stories [data-story]').length === 14);
  await page.fill('.find', 'quorum');
  await page.waitForFunction(() => document.querySelectorAll('.stories [data-story]').length === 1);
  assert.ok(await page.isVisible('[data-story=topologies]'), 'a chapter is found, in the other language too');
  await page.fill('.find', '');
  await eventually(async () => assert.match(await page.textContent('[data-story=rollout]'), /롤링 업데이트와 롤백/));
  await page.click('[data-story=rollout]');
  await page.waitForSelector('.telling');
  assert.match(await page.textContent('.head .scenario'), /롤링 업데이트와 롤백/);
  assert.match(await caption(page), /레플리카셋이 파드를 소유한다/);
  await close();
});

test("a person's own scenario is played, and its mistakes are told at their places", async () => {
  const { page, close } = await site.open(wide);
  await openOrrery(page, `${site.origin}/?lang=en`);
  const own = async (text) => {
    await paste(page, text);
    await page.click('.head button:has-text("Examples")');
    await page.click('.stories .own');
  };
  await own('name: own\nnamespace: default\nsteps:\n- captoin: Hello\n');
  await eventually(async () => assert.match(await page.textContent('.mistakes'), /4:3: unknown field "steps\[0\].captoin"; did you mean "caption"\?/));
  await page.keyboard.press('Escape');
  await own('name: own\nnamespace: default\nsteps:\n- caption: <b>Hello</b>\n  kubectl: get nodes\n  expect: [{stdout: {contains: node-9}}]\n');
  await page.waitForSelector('.telling');
  assert.equal(await caption(page), '<b>Hello</b>', 'text never becomes markup');
  await told(page);
  assert.match(await page.textContent('.telling .chip.bad'), /without node-9/);
  await close();
});

test('who wanders off in a story comes back to it, and finds the own files again', async () => {
  const { page, close } = await site.open(wide);
  await openOrrery(page, `${site.origin}/?lang=en`);
  const own = '# mine\n';
  await paste(page, own);
  const text = () => page.textContent('.cm-content');
  await page.click('.examples');
  await page.click('[data-story=healing]');
  await page.waitForSelector('.telling');
  await page.waitForFunction(() => /What the story applies/.test(document.querySelector('.cm-content').textContent));
  await told(page);
  assert.match(await page.textContent('.telling .typed pre'), /deployment.apps\/web created/, 'the command is answered');
  // Through the second chapter, which nobody has seen yet, to the third.
  await page.selectOption('.telling .chapters', { index: 2 });
  await page.waitForFunction(() => /A pod is deleted/.test(document.querySelector('.telling .caption').textContent), null, { timeout: 60_000 });
  await told(page);
  // In the past something else is done; the story goes on where it was, and the other future stays.
  await page.keyboard.press('0');
  await page.locator('.log-head button').nth(1).click();
  await page.fill('.console input', 'kubectl create deployment other --image=httpd');
  await page.press('.console input', 'Enter');
  await page.waitForSelector('[data-ref^="Pod/default/other-"]');
  await page.locator('.console input').blur();
  await next(page);
  await told(page);
  assert.match(await caption(page), /A node loses its power/);
  assert.equal(await page.$('[data-ref^="Pod/default/other-"]'), null);
  assert.equal(await page.$$eval('.telling .chip.bad', (chips) => chips.length), 0);
  // Something is typed at the story's own time: it is part of it from now on.
  await page.fill('.console input', 'kubectl create deployment mine --image=httpd');
  await page.press('.console input', 'Enter');
  await page.waitForSelector('[data-ref^="Pod/default/mine-"]');
  await page.locator('.console input').blur();
  await next(page);
  await eventually(async () => assert.ok(await page.$('[data-ref^="Pod/default/mine-"]')));
  for (let press = 0; press < 4 && (await page.$('.telling')); press += 1) await page.keyboard.press('Escape');
  await eventually(async () => assert.equal(await page.$('.telling'), null, 'Escape ends the story'));
  await page.waitForFunction(() => /# mine/.test(document.querySelector('.cm-content').textContent));
  assert.equal((await text()).trim(), own.trim());
  await close();
});

test('an embedded story is told without editor and panels', async () => {
  const { page, close } = await site.open({ viewport: { width: 1280, height: 720 } });
  await page.goto(`${site.origin}/?story=deployment&embed=1&autoplay=1&lang=ko`);
  await page.waitForSelector('.telling');
  await told(page);
  await page.keyboard.press('PageDown');
  await told(page);
  assert.equal(await page.$('.cm-content'), null);
  const [stage, band] = await page.evaluate(() => ['.stage', '.telling'].map((one) => document.querySelector(one).getBoundingClientRect().toJSON()));
  assert.ok(stage.height > 400 && stage.right <= band.left + 1, 'the caption stands beside the picture');
  await close();
});

test('who is here for the first time is invited, once', async () => {
  const { page, close } = await site.open(wide);
  await openOrrery(page, `${site.origin}/?lang=en`);
  await page.click('.invitation .primary');
  await page.waitForSelector('.telling');
  assert.match(await caption(page), /The API server is the only door/);
  await page.click('.telling header button');
  await eventually(async () => assert.equal(await page.$('.invitation'), null));
  await close();
});
