// A person pastes manifests, applies them, and sees what the cluster makes of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOrrery, openWith, paste, select, states, untilReady, web } from './page.mjs';
import { eventually, useSite } from './support.mjs';

const site = useSite();

test('pasted manifests are applied and their pods become ready in the picture', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, '# nothing yet\n');
  assert.deepEqual(await states(page), {});
  await paste(page, web());
  await page.keyboard.press('Control+Enter');
  await untilReady(page, 3);
  assert.equal(await page.locator('.picture .service').count(), 1);
  assert.ok((await page.locator('.picture .track').count()) > 0, 'the service is tied to its pods');
  assert.match(await page.locator('.tally').innerText(), /3 of 3/);
  await close();
});

test('a mistake is marked at its line, with the field and what to write instead', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, '# nothing yet\n');
  await paste(page, web().replace('image: nginx:1.25', 'image: nginx:1.25\n        imagePullPolcy: Always'));
  const problem = page.locator('.problems li').first();
  await problem.waitFor();
  assert.match(await problem.innerText(), /line 16[\s\S]*imagePullPolcy[\s\S]*imagePullPolicy/);
  const marked = await page.locator('.cm-lintRange-error').first().innerText();
  assert.equal(marked, 'imagePullPolcy');
  await close();
});

test('what the server refuses is marked at its line too', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, '# nothing yet\n');
  await paste(page, web({ replicas: -1 }));
  await page.click('.apply .primary');
  await page.waitForSelector('.problems .error');
  assert.match(await page.locator('.problems').innerText(), /line 6[\s\S]*spec\.replicas[\s\S]*greater than or equal to 0/);
  await close();
});

test('a deleted pod is replaced by another', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  const first = await page.locator('.picture .pod').first().getAttribute('data-ref');
  await select(page, first);
  await eventually(async () => assert.match(await page.locator('.why').innerText(), /bound[\s\S]*replicaset-controller created[\s\S]*kubectl created/));
  await page.hover('.act .delete');
  await eventually(async () => assert.match(await page.locator('.command').innerText(), /^kubectl delete pod web-/));
  await page.click('.act .delete');
  await page.waitForFunction((ref) => !document.querySelector(`.picture [data-ref="${ref}"]`), first, { timeout: 20_000 });
  await untilReady(page, 3);
  assert.match(await page.locator('.inspect').innerText(), /no longer exists/);
  await close();
});

test('a Deployment is scaled, and an edit that is applied again rolls out between its limits', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web(), 5);
  await untilReady(page, 3);
  await select(page, 'Service/default/web');
  await page.evaluate(() => document.querySelector('.picture .pod').dispatchEvent(new MouseEvent('click', { bubbles: true })));
  await page.locator('.why .link', { hasText: 'Deployment' }).click();
  await page.click('.act .more');
  await untilReady(page, 4);
  await paste(page, web({ replicas: 4, image: 'nginx:1.27' }));
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => /nginx:1.27/.test(document.querySelector('.picture .rollout')?.textContent ?? ''));
  assert.match(await page.locator('.picture .rollout').textContent(), /min available 3.*max pods 5/s);
  await untilReady(page, 4);
  await close();
});

test('a node that is switched off is noticed, and its pods are made anew elsewhere', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web(), 60);
  await untilReady(page, 3);
  await select(page, 'Node//node-1');
  await page.click('.act .power');
  await page.waitForSelector('.picture [data-ref="Node//node-1"].off');
  await page.waitForSelector('.picture [data-ref="Node//node-1"]:not([data-state="Ready"])', { timeout: 20_000 });
  await page.click('.act .power');
  await page.waitForSelector('.picture [data-ref="Node//node-1"][data-state="Ready"]', { timeout: 20_000 });
  await close();
});

test('a node joins, and the picture has room for it', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await page.click('.head .add');
  await page.waitForSelector('.picture [data-ref="Node//node-4"][data-state="Ready"]', { timeout: 20_000 });
  await close();
});

test('every example settles as its title says', async () => {
  const { page, close } = await site.open();
  await openOrrery(page, `${site.origin}/?speed=60`);
  for (let which = 1; which <= 6; which++) {
    await page.click('.examples');
    await page.click(`.examples li:nth-child(${which}) button`);
    await page.waitForSelector('.picture .pod', { timeout: 20_000 });
    assert.equal(await page.locator('.problems .error').count(), 0, `example ${which} is refused`);
  }
  await close();
});

for (const [name, text, expected] of [
  ['text that is not YAML', '{{{ not: [yaml', /line 1/],
  ['100,000 nested brackets', '['.repeat(100_000), /line 1/],
  ['lists nested on one line', '- '.repeat(50_000), /line 1/],
  ['two thousand million replicas', web({ replicas: 2_000_000_000 }), null],
  ['text of 50 MB', 'a: b\n'.repeat(10_000_000), /50 MB|48 MB/],
]) {
  test(`the page lives through ${name}`, async () => {
    const { page, close } = await site.open();
    await openWith(page, `${site.origin}/`, '# nothing yet\n');
    await paste(page, text);
    await page.click('.apply .primary');
    if (expected) {
      await page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.problems')?.textContent ?? ''), expected.source, { timeout: 30_000 });
    }
    await page.click('.play');
    await page.waitForSelector('.play[aria-label="Play"]', { timeout: 20_000 });
    await page.waitForSelector('.picture .node, .crowd canvas');
    assert.equal(await page.locator('.crash').count(), 0);
    await close();
  });
}

test('the console talks to the cluster, and what it does belongs to the run', async () => {
  const { page, close } = await site.open();
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await page.click('.log-head button:nth-child(2)');
  const type = async (line) => {
    await page.fill('.console input', line);
    await page.keyboard.press('Enter');
  };
  await type('kubectl get deployments');
  await eventually(async () => assert.match(await page.locator('.console pre').last().innerText(), /^NAME +READY[\s\S]*web +3\/3/));
  await type('scale deployment web --replicas=1');
  await untilReady(page, 1);
  await type('get nonsense');
  await eventually(async () => assert.match(await page.locator('.console pre.failed').innerText(), /error/));
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await eventually(async () => assert.equal(await page.inputValue('.console input'), 'scale deployment web --replicas=1'));
  await page.click('.play');
  await page.locator('.scrubber input').fill('0');
  await page.waitForFunction(() => document.querySelectorAll('.picture .pod[data-state=ready]').length === 0);
  await page.locator('.scrubber input').fill('59');
  await untilReady(page, 1);
  await close();
});
