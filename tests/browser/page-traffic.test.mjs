// Traffic: the picture of the network, requests that are followed hop by hop, steady loads, and an autoscaler's numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, untilReady } from './page.mjs';
import { accessibilityProblems, eventually, screenshot, useSite } from './support.mjs';

const deployment = (name, { replicas = 3, image = 'nginx:1.26' } = {}) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - name: ${name}
        image: ${image}
        ports: [{containerPort: 80}]
        resources: {requests: {cpu: 200m}}
`;
const service = (name, spec) => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: ${spec}
`;
const network =
  deployment('web') +
  service('web', '{type: NodePort, selector: {app: web}, ports: [{name: http, port: 8080, targetPort: 80, nodePort: 30080}]}') +
  service('typo', '{selector: {app: wbe}, ports: [{port: 80}]}') +
  `---
apiVersion: v1
kind: Pod
metadata: {name: client, labels: {app: client}}
spec: {containers: [{name: client, image: "nginx:1.27"}]}
`;
const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nobody}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
`;

const site = useSite();

/** Opens the traffic view on a text, with that many ready pods. */
async function traffic(text, pods, { speed = 10, ...options } = {}) {
  const { page, close } = await site.open({ viewport: { width: 1440, height: 900 }, ...options });
  await openWith(page, `${site.origin}/?view=traffic`, text, speed);
  await untilReady(page, pods);
  return { page, close };
}

/** Sends a request and waits for its way. */
async function send(page, from, to) {
  await page.locator('.send select').selectOption(from);
  await page.locator('.send input').first().fill(to);
  await page.locator('.send button[type=submit]').click();
  await page.waitForSelector('.way .end');
}

test('the picture tells ports, what selects nothing, and who is isolated', async () => {
  const { page, close } = await traffic(network + policy, 4);
  const web = page.locator('.picture [data-ref="Service/default/web"]').first();
  assert.match(await web.textContent(), /web.*NodePort.*http.*8080 → 80.*3 of 3 ready/s);
  const ghost = page.locator('.picture [data-ref="Service/default/typo"].ghost');
  assert.match(await ghost.textContent(), /selects no pod: app=wbe/);
  await ghost.click({ trial: true });
  await eventually(async () => assert.equal(await page.locator('.picture .shield').count(), 3));
  await eventually(async () => assert.equal(await page.locator('.picture .entrance.door').count(), 3));
  await eventually(async () => assert.match(await page.locator('.picture .edge text').first().textContent(), /:30080/));
  await eventually(async () => assert.match(await page.locator('.sheet ul.unseen').textContent(), /Service web, NodePort[\s\S]*nobody/));
  await screenshot(page, 'traffic');
  await close();
});

test('a request is followed hop by hop, by click and by key', async () => {
  const { page, close } = await traffic(network, 4);
  await page.click('.play');
  const url = await page.$eval('#targets option[value$=":30080"]', (option) => option.value);
  await send(page, 'outside', url);
  await eventually(async () => assert.equal(await page.locator('.way .end').getAttribute('data-ending'), 'well'));
  const hops = await page.locator('.hops li:not(.end)').count();
  assert.ok(hops >= 2, `${hops} hops`);
  await eventually(async () => assert.ok((await page.locator('.hops mark').count()) >= 1, 'an address is rewritten'));
  await eventually(async () => assert.match(await page.locator('.by-hand code').innerText(), /^curl -s http:\/\/.*:30080$/));
  await eventually(async () => assert.equal(await page.locator('.journey .end-shape').getAttribute('data-ending'), 'well'));
  await page.keyboard.press('n');
  await page.waitForSelector('.hops li.here');
  assert.equal(await page.locator('.hops li.here .number').innerText(), '1');
  assert.equal(await page.locator('.past li').count(), 1);
  await screenshot(page, 'traffic-request');
  await close();
});

test('a request that a policy denies ends at a shield, with what to change', async () => {
  const { page, close } = await traffic(network + policy, 4);
  await page.click('.play');
  await send(page, 'pod/default/client', 'http://web:8080');
  await eventually(async () => assert.equal(await page.locator('.way .end').getAttribute('data-ending'), 'denied'));
  await eventually(async () => assert.match(await page.locator('.way .end').innerText(), /denied by a NetworkPolicy[\s\S]*Allow this source/));
  await eventually(async () => assert.match(await page.locator('.hops').innerText(), /NetworkPolicy nobody/));
  await eventually(async () => assert.match(await page.locator('.by-hand code').innerText(), /^kubectl exec client -- curl/));
  await close();
});

test('a steady load spreads over the pods, and its errors are told by reason', async () => {
  const { page, close } = await traffic(network, 4, { speed: 5 });
  const url = await page.$eval('#targets option[value$=":30080"]', (option) => option.value);
  await page.locator('.send input').first().fill(url);
  await page.locator('.send .rate').fill('50');
  await page.locator('.send button', { hasText: 'Steady load' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.stream .branch-way').length === 3, null, { timeout: 30_000 });
  assert.equal(await page.locator('.loads .shares li').count(), 3);
  await page.waitForFunction(() => document.querySelectorAll('.picture [data-share]').length === 3);
  const shares = await page.$$eval('.picture [data-share]', (all) => all.map((g) => Number(g.dataset.share)));
  assert.ok(shares.every((share) => share > 15 && share < 55), `${shares}`);
  await page.locator('.log-head button').nth(1).click();
  await page.fill('.console input', 'scale deployment web --replicas=0');
  await page.press('.console input', 'Enter');
  await page.waitForSelector('.loads .tallies li.bad', { timeout: 30_000 });
  await page.locator('.stream-card button', { hasText: 'Stop' }).click();
  await page.waitForSelector('.stream-card:not(.on)');
  await close();
});

test('an autoscaler shows its formula with the numbers', async () => {
  const scaled =
    deployment('web', { replicas: 2 }) +
    `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 10
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
`;
  const { page, close } = await site.open({ viewport: { width: 1440, height: 900 } });
  await openWith(page, `${site.origin}/?view=owners`, scaled, 10);
  await untilReady(page, 2);
  await page.locator('.log-head button').nth(1).click();
  await page.fill('.console input', 'annotate pods -l app=web orrery.dev/cpu.web=300m');
  await page.press('.console input', 'Enter');
  await page.locator('.overview button', { hasText: 'web' }).first().click();
  await page.waitForFunction(() => /(ceil\(2 × 150 \/ 50\) =|50 \/ 50\| <= 0.1:) 6/.test(document.querySelector('.autoscaler')?.textContent ?? ''), null, { timeout: 60_000 });
  await screenshot(page, 'traffic-autoscaler');
  await close();
});

for (const [colorScheme, locale] of [['light', 'en-US'], ['dark', 'ko-KR']]) {
  test(`the traffic view has no serious accessibility problem: ${colorScheme}, ${locale}`, async () => {
    const { page, close } = await traffic(network + policy, 4, { colorScheme, locale });
    await page.click('.play');
    await send(page, 'pod/default/client', 'http://web:8080');
    await page.waitForTimeout(4_000);
    assert.deepEqual(await accessibilityProblems(page), []);
    await close();
  });
}
