// Workloads: who owns what, one key or click to scale, restart and undo, and why the scheduler leaves a pod waiting.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, paste, select, states, untilReady, web } from './page.mjs';
import { accessibilityProblems, eventually, useSite } from './support.mjs';

const pods = (spec) => `apiVersion: v1
kind: Pod
metadata:
  name: one
spec: ${spec}
`;

const db = (replicas = 2) => `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: fast
provisioner: ebs.csi.aws.com
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  replicas: ${replicas}
  serviceName: db
  selector:
    matchLabels: {app: db}
  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}
  template:
    metadata:
      labels: {app: db}
    spec:
      containers:
      - {name: db, image: redis:7}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      storageClassName: fast
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
`;

const site = useSite();

/** Everything that the console shows. */
async function console_(page) {
  await page.click('.log-head button:nth-child(2)');
  return (await page.locator('.console .paper').innerText()).replaceAll('Copy\n', '');
}

test('keys scale and restart the workload of the selection, and the console shows the commands', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?view=owners`, web());
  await untilReady(page, 3);
  await select(page, 'Deployment/default/web');
  await page.keyboard.press('+');
  await untilReady(page, 4);
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await untilReady(page, 2);
  await page.fill('.act .replicas', '5');
  await page.keyboard.press('Enter');
  await untilReady(page, 5);
  const before = await page.$$eval('.picture .pod', (pods) => pods.map((pod) => pod.dataset.ref));
  await page.click('.inspect h2');
  await page.keyboard.press('r');
  await page.waitForFunction(
    (before) => before.every((ref) => !document.querySelector(`.picture .pod[data-ref="${ref}"]`)),
    before,
    { timeout: 20_000 },
  );
  const said = await console_(page);
  assert.match(said, /kubectl scale deployment web --replicas=4\s+deployment.apps\/web scaled/);
  assert.match(said, /--replicas=5[\s\S]*kubectl rollout restart deployment\/web\s+deployment.apps\/web restarted/);
  await close();
});

test('a click goes back to an earlier revision', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await paste(page, web({ image: 'nginx:1.27' }));
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => /nginx:1.27/.test(document.querySelector('.picture .rollout')?.textContent ?? ''));
  await select(page, 'Deployment/default/web');
  await page.waitForSelector('.revisions');
  assert.match(await page.locator('.revisions tr').first().innerText(), /2\s+nginx:1.27\s+current/);
  await page.locator('.revisions tr', { hasText: 'nginx:1.25' }).locator('button').click();
  await page.waitForFunction(() => /3\s+nginx:1.25\s+current/.test(document.querySelector('.revisions tr')?.innerText ?? ''));
  assert.match(await console_(page), /kubectl rollout undo deployment\/web --to-revision=1\s+deployment.apps\/web rolled back/);
  await close();
});

test('the ordinals of a StatefulSet stand in a row with their claims, and losing what they hold is asked about', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/?view=owners`, db());
  await untilReady(page, 2);
  const slots = page.locator('.picture [data-slot]');
  assert.equal(await slots.count(), 2);
  assert.match(await slots.nth(1).textContent(), /db-1\s*data/);
  await page.waitForSelector('.picture [data-ref="PersistentVolumeClaim/default/data-db-1"]:not(.missing)');
  await select(page, 'StatefulSet/default/db');
  await eventually(async () => assert.match(await page.locator('.slots').innerText(), /0 Running[\s\S]*data → pvc-[\s\S]*1 Running/));
  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    dialog.dismiss();
  });
  await page.click('.act .fewer');
  assert.match(asked.join(), /kubectl scale statefulset db --replicas=1[\s\S]*lost/);
  await eventually(async () => assert.deepEqual(await states(page), { ready: 2 }, 'nothing was done'));
  await page.keyboard.press('+');
  await page.waitForSelector('.picture [data-slot="2"]');
  await untilReady(page, 3);
  await close();
});

test('for a pod that waits the page tells what would have to change, and a click does it', async () => {
  const { page, close } = await site.open();
  const spec = '{nodeSelector: {disk: ssd}, containers: [{name: c, image: "nginx:1.25"}]}';
  await openWith(page, `${site.origin}/`, pods(spec));
  await page.waitForSelector('.picture .pod[data-state=pending]');
  await select(page, 'Pod/default/one');
  await page.waitForSelector('.remedies');
  assert.match(await page.locator('.verdicts').innerText(), /×3\s+node\(s\) didn't match Pod's node affinity\/selector \(NodeAffinity\)/);
  await page.click('.all-nodes');
  const rows = page.locator('.grid tbody tr');
  await eventually(async () => assert.equal(await rows.count(), 3));
  await eventually(async () => assert.match(await rows.first().innerText(), /node-1\s+✗ NodeAffinity node\(s\) didn't match/));
  assert.deepEqual(await accessibilityProblems(page), []);
  await page.fill('.find', 'node-2');
  await eventually(async () => assert.equal(await rows.count(), 1));
  await page.keyboard.press('Escape');
  await page.waitForSelector('.grid', { state: 'detached' });
  await page.locator('.remedies li', { hasText: 'node-2' }).locator('button').click();
  await untilReady(page, 1);
  await page.waitForSelector('.verdicts .won');
  assert.match(await page.locator('.verdicts .won').innerText(), /node-2/);
  assert.match(await console_(page), /kubectl label nodes node-2 disk=ssd --overwrite\s+node\/node-2 labeled/);
  await close();
});

test('every plug-in that scored has a column, with raw and normalised scores and a total', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, pods('{containers: [{name: c, image: "nginx:1.25"}]}'));
  await untilReady(page, 1);
  await select(page, 'Pod/default/one');
  await page.click('.all-nodes');
  const head = await page.locator('.grid thead').innerText();
  assert.match(head, /Node[\s\S]*NodeResourcesFit\s*×1[\s\S]*Total/);
  const won = page.locator('.grid .won');
  await eventually(async () => assert.match(await won.innerText(), /chosen/));
  await eventually(async () => assert.ok((await won.locator('td').count()) > 3));
  await close();
});

for (const [colorScheme, locale] of [['light', 'en-US'], ['dark', 'ko-KR']]) {
  test(`the owners view has no serious accessibility problem: ${colorScheme}, ${locale}`, async () => {
    const { page, close } = await site.open({ colorScheme, locale });
    await openWith(page, `${site.origin}/?view=owners&t=60&autoplay=0`, db() + '---\n' + web());
    await untilReady(page, 5);
    await select(page, 'StatefulSet/default/db');
    assert.deepEqual(await accessibilityProblems(page), []);
    await close();
  });
}
