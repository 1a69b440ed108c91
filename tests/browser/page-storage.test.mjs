// Storage: the life of a volume from its claim to its files, what a deletion comes to before it is done, and charts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, untilReady, web } from './page.mjs';
import { accessibilityProblems, eventually, useSite } from './support.mjs';

const kept = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: debug}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 100Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: manual
  hostPath: {path: /mnt/a}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: reports}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: manual
  resources: {requests: {storage: 150Gi}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: notes}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: Pod
metadata: {name: writer}
spec:
  containers:
  - name: writer
    image: busybox
    command: [sh, -c, "echo hello > /notes/first; sleep 3600"]
    env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}]
    volumeMounts: [{name: notes, mountPath: /notes}]
  volumes: [{name: notes, persistentVolumeClaim: {claimName: notes}}]
---
apiVersion: v1
kind: Pod
metadata: {name: lost}
spec:
  containers: [{name: lost, image: busybox, envFrom: [{secretRef: {name: nowhere}}]}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: nobody}}]
`;

const site = useSite();

/** The life with a claim of that name. */
const life = (page, claim) => page.locator('.life', { has: page.locator(`[data-ref="PersistentVolumeClaim/default/${claim}"]`) });

test('the storage view tells a life from its class to its files, and what a deletion comes to', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, kept);
  await page.waitForSelector('.picture .pod[data-state="ready"]');
  await page.click('.views button:has-text("Storage")');

  const notes = life(page, 'notes');
  await eventually(async () => assert.equal(await notes.locator('.stages [aria-current]').innerText(), 'in use'));
  await eventually(async () => assert.match(await notes.locator('.users').innerText(), /writer/));
  await notes.locator('[data-ref$="/notes"]').click();
  await notes.locator('.files summary').click();
  await eventually(async () => assert.match(await notes.locator('.files').innerText(), /first[\s\S]*hello/));
  const told = await notes.locator('.forecast').innerText();
  assert.match(told, /waits for writer/);
  assert.match(told, /goes with its disk and all data/);

  const reports = await life(page, 'reports').innerText();
  assert.match(reports, /disk holds 100Gi, and 150Gi is asked for/, 'why it gets no volume');
  await eventually(async () => assert.match(await life(page, 'nobody').innerText(), /no such claim/, 'a ghost'));
  const settings = await page.locator('.settings').innerText();
  assert.match(settings, /settings[\s\S]*writer[\s\S]*LEVEL/);
  assert.match(settings, /nowhere[\s\S]*not there[\s\S]*lost/);
  await page.click('.plugins summary');
  await eventually(async () => assert.match(await page.locator('.plugins').innerText(), /ebs\.csi\.aws\.com/));
  assert.deepEqual(await accessibilityProblems(page), []);
  await close();
});

test('charts follow a workload over virtual time, and a click goes to that moment', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await page.click('.views button:has-text("Charts")');
  const chart = page.locator('.chart', { hasText: 'web' });
  await chart.locator('svg polyline[stroke="#000001"]').waitFor({ state: 'attached' });
  assert.match(await chart.locator('figcaption').innerText(), /ready 3/);
  assert.deepEqual(await accessibilityProblems(page), []);
  await page.click('.play');
  const before = await page.locator('.clock').innerText();
  const box = await chart.locator('.sheet-of').boundingBox();
  await page.mouse.click(box.x + box.width * 0.12, box.y + box.height / 2);
  await page.waitForFunction((before) => document.querySelector('.clock').innerText < before, before);
  assert.match(await chart.locator('figcaption').innerText(), /ready 0/, 'the chart tells of the moment that it stands at');
  await close();
});
