// The control plane: its parts stop and start by a click, what follows is said, and a majority is lost and regained.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, select, states, untilReady, web } from './page.mjs';
import { accessibilityProblems, useSite } from './support.mjs';

const site = useSite();

/** Opens the page with a Deployment of three ready pods, and then the control plane by its keyboard. */
async function opened(options = {}) {
  const { page, close } = await site.open(options);
  await openWith(page, `${site.origin}/`, web(), 10);
  await untilReady(page, 3);
  await open(page);
  return { page, close };
}

async function open(page) {
  await page.locator('.picture g[data-ref^=ControlPlane][role=button]').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.plane-inside');
}

/** Does to a part what its button says. */
async function strike(page, part, label) {
  await page.locator(`[data-part="${part}"] button`, { hasText: label }).first().click();
}

/** Waits until what is said to be broken matches. */
async function untilSaid(page, pattern) {
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('.consequences')?.innerText ?? ''),
    pattern.source,
    { timeout: 30_000 },
  );
}

async function untilWhole(page) {
  await page.waitForFunction(() => document.querySelectorAll('.consequences .bad').length === 0, null, { timeout: 60_000 });
}

test('without a scheduler new pods wait, the picture shows why, and they are placed when it is back', async () => {
  const { page, close } = await opened();
  await strike(page, 'kube-scheduler-1', 'Stop');
  await untilSaid(page, /No scheduler works: new pods stay Pending/);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.picture .part.broken .struck');
  assert.match(await page.locator('.picture .worst').innerHTML(), /No scheduler works/);
  await select(page, 'Service/default/web');
  await page.locator('.picture .pod').first().click();
  await page.keyboard.press('+');
  await page.waitForFunction(() => document.querySelectorAll('.picture .pod[data-state=pending]').length === 1);
  await open(page);
  await strike(page, 'kube-scheduler-1', 'Start');
  await untilWhole(page);
  await page.keyboard.press('Escape');
  await untilReady(page, 4);
  assert.deepEqual(await states(page), { ready: 4 });
  await close();
});

test('a cluster of three members survives its leader, not a second loss, and comes back', async () => {
  const { page, close } = await opened();
  await page.locator('.laid-out select').selectOption('3 etcd, 3 control planes');
  await page.waitForFunction(() => document.querySelectorAll('.part-card').length === 12);
  await page.waitForSelector('.part-card.leads[data-part^=etcd]');
  const leader = await page.locator('.part-card.leads[data-part^=etcd]').getAttribute('data-part');
  const others = ['etcd-1', 'etcd-2', 'etcd-3'].filter((name) => name !== leader);
  await strike(page, leader, 'Stop');
  await untilSaid(page, /One more member of etcd that fails/);
  await page.waitForFunction((old) => document.querySelector('.part-card.leads[data-part^=etcd]')?.dataset.part !== old, leader, { timeout: 30_000 });
  await strike(page, others[0], 'Stop');
  await untilSaid(page, /etcd has lost its majority: nothing can be written/);
  assert.match(await page.locator('.quorum').innerText(), /1 of 3 take part, 2 are needed/);
  await page.locator('.log-head button').nth(1).click();
  const prompt = page.locator('.console input');
  await prompt.fill('scale deployment/web --replicas=5');
  await prompt.press('Enter');
  await page.waitForFunction(() => /etcdserver|Unable to connect|Error from server/.test(document.querySelector('.console .paper')?.innerText ?? ''), null, { timeout: 30_000 });
  await strike(page, others[0], 'Start');
  await untilWhole(page);
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`the control plane, broken, has no serious accessibility problem: ${colorScheme}`, async () => {
    const { page, close } = await opened({ colorScheme });
    await strike(page, 'etcd-1', 'Stop');
    await untilSaid(page, /etcd does not run/);
    assert.deepEqual(await accessibilityProblems(page), []);
    await close();
  });
}
