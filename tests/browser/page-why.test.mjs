// Why something is as it is: reasons with remedies, the chain of causes, the chain in the picture, and the fields.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, select, untilReady, web } from './page.mjs';
import { screenshot, useSite } from './support.mjs';

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
  assert.match(await chain.innerText(), /kube-scheduler bound[\s\S]*replicaset-controller created[\s\S]*kubectl created[\s\S]*a person[\s\S]*kubectl apply/);
  const steps = await chain.locator('.step').count();
  assert.equal(await page.locator('.picture .lit-step').count(), steps, 'a number in the picture for each step');
  await page.locator('ol.why .link', { hasText: 'ReplicaSet' }).first().click();
  assert.match(await page.locator('.inspect h2').innerText(), /^web-/);
  assert.equal(await page.locator('.inspect [role=tab][aria-selected=true]').innerText(), 'Why', 'who follows the chain goes on asking');
  await screenshot(page, 'why');
  await page.locator('.inspect [role=tab]', { hasText: 'Summary' }).click();
  assert.equal(await page.locator('.picture .lit-step').count(), 0, 'nothing is lit when nobody asks');
  await page.keyboard.press('w');
  assert.ok((await page.locator('.picture .lit-step').count()) > 1, 'w asks');
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
  assert.equal(await page.locator('.asked-field code').innerText(), path);
  await page.locator('.asked-field button').click();
  assert.equal(await page.locator('.asked-field').count(), 0);
  const at = page.locator('ol.why .at').last();
  const instant = (await at.innerText()).split('.')[0];
  await at.click();
  await page.waitForFunction((instant) => document.body.innerText.includes(instant), instant);
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
