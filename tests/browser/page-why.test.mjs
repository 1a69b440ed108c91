// Why something is as it is: reasons with remedies, the chain of causes, the chain in the picture, and the fields.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, paste, select, untilReady, web } from './page.mjs';
import { eventually, screenshot, useSite } from './support.mjs';

const site = useSite();

const stuck = `apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  containers: [{name: c, image: 'nginx:nosuchtag'}]
`;

test('a pod says which chain of writes led to it, and the chain is numbered in the picture', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await select(page, await page.locator('.picture .pod').first().getAttribute('data-ref'));
  const chain = page.locator('ol.why');
  await eventually(async () => assert.match(await chain.innerText(), /kube-scheduler bound[\s\S]*replicaset-controller created[\s\S]*kubectl created[\s\S]*a person[\s\S]*kubectl apply/));
  const steps = await chain.locator('.step').count();
  await eventually(async () => assert.equal(await page.locator('.picture .lit-step').count(), steps, 'a number in the picture for each step'));
  await page.locator('ol.why .link', { hasText: 'ReplicaSet' }).first().click();
  await eventually(async () => assert.match(await page.locator('.inspect h2').innerText(), /^web-/));
  await eventually(async () => assert.equal(await page.locator('.inspect [role=tab][aria-selected=true]').innerText(), 'Why', 'who follows the chain goes on asking'));
  await screenshot(page, 'why');
  await page.locator('.inspect [role=tab]', { hasText: 'Summary' }).click();
  await eventually(async () => assert.equal(await page.locator('.picture .lit-step').count(), 0, 'nothing is lit when nobody asks'));
  await page.keyboard.press('w');
  await eventually(async () => assert.ok((await page.locator('.picture .lit-step').count()) > 1, 'w asks'));
  await close();
});

test('a field says why it has its value, and its instant can be gone to', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await select(page, await page.locator('.picture .pod').first().getAttribute('data-ref'));
  const row = page.locator('.changed li').first();
  const path = (await row.locator('code').innerText()).split(':')[0];
  await row.locator('button').click();
  await eventually(async () => assert.equal(await page.locator('.asked-field code').innerText(), path));
  await page.locator('.asked-field button').click();
  await eventually(async () => assert.equal(await page.locator('.asked-field').count(), 0));
  const at = page.locator('ol.why .at').last();
  const instant = (await at.innerText()).split('.')[0];
  await at.click();
  await page.waitForFunction((instant) => document.body.innerText.includes(instant), instant);
  await close();
});

test('a chain is walked along cause by cause, by keys and by buttons, and leads back to where one was', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await page.keyboard.press('k');
  const ref = await page.locator('.picture .pod').first().getAttribute('data-ref');
  await select(page, ref);
  const clock = () => page.locator('.clock').innerText();
  const at = (clock) => page.waitForFunction((clock) => document.querySelector('.clock').innerText === clock, clock);
  const here = async (step) => {
    await page.waitForFunction((step) => document.querySelector('ol.why .here .step')?.textContent === String(step), step);
    assert.equal(await page.locator('.picture .lit-step.here .stop-number').textContent(), String(step), 'the picture lights the same step');
  };
  const before = await clock();
  const steps = await page.locator('ol.why .step').count();

  await page.keyboard.press('b');
  await here(steps);
  await eventually(async () => assert.ok((await page.locator('.lit-step.here .lit-ring').count()) === 2, 'who acted and what was written'));
  for (let step = steps - 1; step > 0; step -= 1) {
    await page.keyboard.press('b');
    await here(step);
  }
  await eventually(async () => assert.match(await page.locator('.walk p').innerText(), /a person[\s\S]*kubectl apply/));
  await eventually(async () => assert.ok(await page.locator('.walk button', { hasText: 'Earlier cause' }).isDisabled(), 'before the first cause there is none'));
  await eventually(async () => assert.match(await page.locator('.inspect .muted').first().innerText(), /not there|Pod/));
  await eventually(async () => assert.notEqual(await clock(), before, 'time goes along'));
  await page.locator('.walk button', { hasText: 'Later' }).click();
  await here(2);
  await page.keyboard.press('n');
  await here(3);
  await eventually(async () => assert.equal(await page.locator('[role=dialog]').count(), 0, 'nothing else is opened'));
  await screenshot(page, 'why-walk');

  await page.keyboard.press('Escape');
  await at(before);
  assert.equal(await page.locator('.walk').count(), 0);
  assert.equal(await page.locator('.inspect h2').innerText(), ref.split('/')[2], 'the selection is what it was');
  await page.locator('.walk-steps button', { hasText: 'Later' }).click();
  await here(1);
  await page.locator('.picture .node').first().click({ position: { x: 20, y: 12 } });
  await page.locator('.walk button', { hasText: 'Back' }).click();
  await at(before);
  assert.equal(await page.locator('.inspect h2').innerText(), ref.split('/')[2], 'whatever was looked at meanwhile');
  await close();
});

test('what a person wrote names its line in the editor, as long as it is there', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, `# two lines\n# of words\n${web()}`);
  await untilReady(page, 3);
  await select(page, 'Service/default/web');
  await page.keyboard.press('w');
  const place = page.locator('.written-at');
  await eventually(async () => assert.match(await place.innerText(), /web\.yaml\s+line 22/));
  await place.click();
  await page.waitForFunction(() => document.querySelector('.cm-activeLine')?.textContent === 'apiVersion: v1');
  await page.locator('.inspect [role=tab]', { hasText: 'YAML' }).click();
  await page.locator('.yaml button', { hasText: 'port: 80' }).first().click();
  await eventually(async () => assert.match(await place.innerText(), /line 29/, 'a field has a line of its own'));
  await paste(page, '# nothing');
  await page.waitForFunction(() => document.querySelectorAll('.written-at').length === 0);
  await close();
});

test('a line of an object as YAML asks why its value is so, by the keyboard too', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await select(page, await page.locator('.picture .pod').first().getAttribute('data-ref'));
  await page.locator('.inspect [role=tab]', { hasText: 'YAML' }).click();
  await page.locator('.yaml button').first().focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  const line = await page.evaluate(() => document.activeElement.textContent.trim().split(':')[0]);
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal(await page.locator('.asked-field code').innerText(), `metadata.${line}`));
  await page.locator('.inspect [role=tab]', { hasText: 'YAML' }).click();
  await eventually(async () => assert.match(await page.locator('.yaml .last').innerText(), new RegExp(line), 'who comes back finds the line'));
  await close();
});

test('on the map of a large cluster causes are outlined, listed, and gone to', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web({ replicas: 1200 }), 100);
  // Charts are drawn quickly while there are ever more pods.
  await page.locator('.views button', { hasText: 'Charts' }).click();
  await page.waitForFunction(() => /of 1,?200/.test(document.querySelector('.tally')?.textContent ?? ''), null, { timeout: 60_000 });
  await page.keyboard.press('k');
  await page.locator('.views button', { hasText: 'Nodes' }).click();
  await page.waitForSelector('.crowd canvas', { timeout: 60_000 });
  await page.click('.log-head button:nth-child(2)');
  await page.fill('.console input', 'kubectl label node node-2 disk=ssd');
  await page.keyboard.press('Enter');
  const legend = page.locator('.crowd-legend');
  await legend.waitFor();
  assert.match(await legend.innerText(), /last command[\s\S]*Node node-2/);
  assert.equal(await page.locator('.crowd-lit .of-node').count(), 1);
  const edge = () => page.locator('.crowd-lit .of-node rect').last().evaluate((rect) => Number(rect.getAttribute('width')));
  const small = await edge();
  await legend.locator('button.link', { hasText: 'node-2' }).click();
  await page.waitForFunction((small) => Number(document.querySelector('.crowd-lit .of-node rect').getAttribute('width')) > small, small * 1.01);
  await screenshot(page, 'crowd-lit');
  await legend.locator('button[aria-label="Put out"]').click();
  await eventually(async () => assert.equal(await legend.count(), 0));
  await close();
});

test('what does not get on says what is in the way, in Korean too', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, stuck);
  await page.waitForFunction(() => document.querySelector('.picture .pod'));
  await select(page, 'Pod/default/one');
  await page.waitForSelector('.reasons');
  assert.match(await page.locator('.reasons').innerText(), /nginx:nosuchtag of container c cannot be pulled[\s\S]*imagePullSecrets/);
  await page.goto(`${site.origin}/?lang=ko`);
  await page.waitForFunction(() => document.querySelector('.picture .pod'));
  await select(page, 'Pod/default/one');
  await page.waitForFunction(() => /이미지 nginx:nosuchtag 풀 실패/.test(document.querySelector('.reasons')?.textContent ?? ''));
  await close();
});
