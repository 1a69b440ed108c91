// Inside: a pod and a node opened, what can be broken by a click, what containers write, and nodes that nobody can overlook.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, select, untilReady, web } from './page.mjs';
import { accessibilityProblems, eventually, useSite } from './support.mjs';

const shop = `apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  initContainers:
  - {name: migrate, image: "busybox:1.36", command: [sh, -c, "sleep 2"]}
  - name: shipper
    image: busybox:1.36
    command: [sh, -c, "while true; do sleep 5; done"]
    restartPolicy: Always
    volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]
  containers:
  - name: shop
    image: nginx:1.27
    ports: [{containerPort: 80}]
    volumeMounts: [{name: logs, mountPath: /var/log/nginx}]
    livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5, failureThreshold: 2}
  volumes:
  - {name: logs, emptyDir: {}}
`;

const site = useSite();

/** Opens the page with a text and waits for that many ready pods. */
async function opened(text, pods, { speed = 10, ...options } = {}) {
  const { page, close } = await site.open(options);
  await openWith(page, `${site.origin}/`, text, speed);
  await untilReady(page, pods);
  return { page, close };
}

test('a pod is opened by a double click and shows its containers, their network and their volumes', async () => {
  const { page, close } = await opened(shop, 1);
  await page.locator('.picture .pod').dblclick();
  await page.waitForSelector('.opened');
  assert.match(await page.locator('.netns').innerText(), /pause\s+10\.244\.\d+\.\d+/);
  assert.match(await page.locator('.inits').innerText(), /migrate\s+Completed, exit code 0/);
  const cards = await page.$$eval('.ctr', (all) => all.map((card) => `${card.dataset.container} ${card.dataset.state}`));
  assert.deepEqual(cards, ['shipper ready', 'shop ready']);
  assert.match(await page.locator('.ctr[data-container=shop]').innerText(), /80\/TCP[\s\S]*nginx:1\.27[\s\S]*liveness[\s\S]*GET :80\/[\s\S]*every 5 s, fails after 2/);
  assert.match(await page.locator('.volumes .shared').first().innerText(), /logs\s*emptyDir[\s\S]*shipper\s*\/logs ro[\s\S]*shop\s*\/var\/log\/nginx/);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.picture .pod');
  await close();
});

test('the keyboard opens what is selected, and goes on to the node and back', async () => {
  const { page, close } = await opened(web(), 3);
  await select(page, 'Node//node-1');
  await page.keyboard.press('o');
  await page.waitForSelector('.opened .machine');
  assert.match(await page.locator('.agents').innerText(), /kubelet[\s\S]*containerd[\s\S]*kube-proxy/);
  await page.locator('.opened .marks button').first().press('Enter');
  await page.waitForSelector('.opened .pod-box');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.opened .machine');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.picture');
  await close();
});

test('a probe fails by a click with its command, the container is restarted, and a click takes it back', async () => {
  const { page, close } = await opened(shop, 1);
  await page.locator('.picture .pod').dblclick();
  const card = page.locator('.ctr[data-container=shop]');
  await card.locator('summary').click();
  const fail = card.locator('li', { hasText: 'Fail its liveness probe' });
  await eventually(async () => assert.match(await fail.innerText(), /kubectl annotate pod shop orrery\.dev\/probe\.shop\.liveness=fail/));
  await fail.locator('button').click();
  await card.locator('.restarts').waitFor({ timeout: 30_000 });
  await card.locator('li', { hasText: 'liveness probe be' }).locator('button').click();
  await page.waitForSelector('.ctr[data-container=shop][data-state=ready]', { timeout: 60_000 });
  await page.locator('.log-head button').nth(1).click();
  await eventually(async () => assert.match(await page.locator('.console .paper').innerText(), /liveness=fail\s+Copy\s+pod\/shop annotated[\s\S]*liveness-\s+Copy\s+pod\/shop annotated/));
  await close();
});

test('a container that is killed shows how it ended', async () => {
  const { page, close } = await opened(shop, 1);
  await select(page, 'Pod/default/shop');
  await page.keyboard.press('x');
  await page.keyboard.press('o');
  const card = page.locator('.ctr[data-container=shop]');
  await card.locator('.restarts').waitFor({ timeout: 30_000 });
  assert.match(await card.locator('.restarts').innerText(), /1 restart\s+last: \w+, exit code 137, at 00:/);
  await close();
});

test('a key shows what a container writes, with virtual times', async () => {
  const says = 'apiVersion: v1\nkind: Pod\nmetadata: {name: says}\nspec:\n  containers:\n  - {name: a, image: "busybox:1.36", command: [sh, -c, "echo first; sleep 3; echo second; sleep 3600"]}\n  - {name: b, image: "busybox:1.36", command: [sh, -c, "echo other; sleep 3600"]}\n';
  const { page, close } = await opened(says, 1);
  await select(page, 'Pod/default/says');
  await page.keyboard.press('l');
  const paper = page.locator('.log .logs .paper');
  await page.waitForFunction(() => /second/.test(document.querySelector('.log .logs .paper')?.innerText ?? ''), null, { timeout: 20_000 });
  assert.match(await paper.innerText(), /00:00:\d\d\.\d{3}\s*first\s+00:00:\d\d\.\d{3}\s*second/);
  await page.locator('.log .logs select').selectOption('b');
  await page.waitForFunction(() => /other/.test(document.querySelector('.log .logs .paper')?.innerText ?? ''));
  assert.match(await page.locator('.log .logs .row').innerText(), /kubectl logs says -c b -f/);
  await close();
});

test('a node that is cut off is counted down, given up, and cannot be overlooked', async () => {
  const { page, close } = await opened(web(), 3);
  await select(page, 'Node//node-1');
  await page.locator('.quick summary').click();
  await page.locator('.quick li', { hasText: 'Cut its network' }).locator('button').click();
  const card = page.locator('.picture [data-ref="Node//node-1"]');
  await page.waitForSelector('.picture [data-ref="Node//node-1"].off .count', { timeout: 20_000 });
  assert.match(await card.textContent(), /\d+ s/);
  await page.waitForSelector('.picture [data-ref="Node//node-1"].broken', { timeout: 30_000 });
  assert.match(await card.textContent(), /NotReady/);
  assert.equal(await card.locator('.band').count(), 1);
  await page.waitForSelector('.picture .pod .count.away', { state: 'attached', timeout: 20_000 });
  await page.locator('.quick li', { hasText: 'Mend its network' }).locator('button').click();
  await page.waitForSelector('.picture [data-ref="Node//node-1"][data-state="Ready"]:not(.off)', { timeout: 30_000 });
  await close();
});

for (const [colorScheme, locale] of [['light', 'en-US'], ['dark', 'ko-KR']]) {
  test(`what is inside has no serious accessibility problem: ${colorScheme}, ${locale}`, async () => {
    const { page, close } = await opened(shop, 1, { colorScheme, locale });
    await page.click('.play');
    await select(page, 'Pod/default/shop');
    await page.keyboard.press('o');
    await page.waitForSelector('.opened .pod-box');
    await page.waitForTimeout(400);
    await page.locator('.ctr summary').first().click();
    assert.deepEqual(await accessibilityProblems(page), []);
    await page.locator('.inside-head .link').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await page.waitForSelector('.opened .machine, .opened .pod-box');
    await page.waitForTimeout(400);
    assert.deepEqual(await accessibilityProblems(page), []);
    await close();
  });
}
