// The console: a shell with pipes, completion and history; what follows goes on while time runs; shells in containers; edit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, untilReady, web } from './page.mjs';
import { accessibilityProblems, screenshot, useSite } from './support.mjs';

const site = useSite();

/** A page with three pods that are ready, and its console open. */
async function withConsole(options) {
  const opened = await site.open(options);
  const { page } = opened;
  await openWith(page, `${site.origin}/`, web());
  await untilReady(page, 3);
  await page.click('.log-head button:nth-child(2)');
  const type = async (line) => {
    await page.fill('.console input', line);
    await page.keyboard.press('Enter');
  };
  const seen = (pattern) =>
    page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.console .paper').innerText), pattern.source, { timeout: 30_000 });
  return { ...opened, type, seen };
}

const last = (page) => page.locator('.console .entry').last().locator('pre');

test('lines are read as a shell reads them, and what they are about lights up', async () => {
  const { page, close, type } = await withConsole();
  await type('kubectl get pods --no-headers | grep Running | wc -l');
  assert.equal((await last(page).innerText()).trim(), '3');
  await type('NAME=deployment/web; kubectl get $NAME -o name && echo "ready: $(kubectl get $NAME -o jsonpath={.status.readyReplicas})"');
  assert.equal(await last(page).innerText(), 'deployment.apps/web\nready: 3');
  await type("kubectl get nonsense || echo 'no such thing'");
  assert.match(await last(page).innerText(), /doesn't have a resource type "nonsense"[\s\S]*no such thing/);
  await type('kubectl get pods');
  assert.match(await page.locator('.console style').innerHTML(), /data-ref="Pod\/default\/web-/);
  assert.equal(await page.locator('.console .entry').last().locator('.good').count(), 3);
  await type('kubectl create configmap made --from-literal=a=b --dry-run=client -o yaml > made.yaml');
  await page.waitForSelector('.file-tab:has-text("made.yaml")');
  await type('kubectl apply -f made.yaml');
  assert.equal(await last(page).innerText(), 'configmap/made created');
  await close();
});

test('Tab completes, the list is gone through by keys, and earlier lines are found again', async () => {
  const { page, close, type } = await withConsole();
  const input = page.locator('.console input');
  await input.fill('kubectl rollout sta');
  await page.keyboard.press('Tab');
  assert.equal(await input.inputValue(), 'kubectl rollout status ');
  await input.pressSequentially('deployment/w');
  await page.keyboard.press('Tab');
  assert.equal(await input.inputValue(), 'kubectl rollout status deployment/web ');
  await input.fill('get pods -o ');
  await page.keyboard.press('Tab');
  await page.waitForSelector('.offers [role=option]');
  await screenshot(page, 'console-completion');
  await page.keyboard.press('ArrowDown');
  const chosen = await page.locator('.offers [aria-selected=true]').innerText();
  assert.equal(await input.getAttribute('aria-activedescendant'), 'console-offer-1');
  await page.keyboard.press('Enter');
  assert.equal((await input.inputValue()).trim(), `get pods -o ${chosen}`);
  await input.fill('');
  await type('get deployments');
  await type('get nodes');
  await page.keyboard.press('Control+r');
  await input.pressSequentially('deploy');
  await page.keyboard.press('Enter');
  assert.match(await last(page).innerText(), /^NAME +READY/);
  assert.deepEqual(await accessibilityProblems(page), []);
  await close();
});

test('what follows prints while time runs, waits while it stands, and ends by Ctrl-C', async () => {
  const { page, close, type, seen } = await withConsole();
  await type('kubectl get deployment web -w');
  await seen(/web +3\/3/);
  await type('kubectl scale deployment/web --replicas=4');
  assert.equal(await page.locator('.shells [role=tab]').count(), 2);
  await page.click('.shells [role=tab]:nth-child(1)');
  await seen(/web +4\/4/);
  await page.click('.play');
  await page.waitForSelector('.console .bar:has-text("Time stands still")');
  await screenshot(page, 'console-follows');
  await page.locator('.console .bar button').first().click();
  await page.focus('.console input');
  await page.keyboard.press('Control+c');
  await seen(/\^C/);
  assert.equal(await page.locator('.console .bar').count(), 0);
  await type('kubectl rollout restart deployment/web && kubectl rollout status deployment/web');
  await seen(/successfully rolled out/);
  await close();
});

test('a shell in a container has a prompt of its own', async () => {
  const { page, close, type, seen } = await withConsole();
  await type('kubectl exec -it deployment/web -- sh');
  await page.waitForFunction(() => document.querySelector('.console label span').innerText.trim() === '/ #');
  await type('cd /etc');
  await type('GREETING=hello');
  await type('echo $GREETING from $(pwd)');
  await seen(/hello from \/etc/);
  assert.match(await page.locator('.console label span').innerText(), /^\/etc #/);
  await type('exit');
  await page.waitForFunction(() => document.querySelector('.console label span').innerText.trim() === '$');
  await close();
});

test('kubectl edit opens a file, and saving applies it', async () => {
  const { page, close, type, seen } = await withConsole();
  await type('kubectl edit deployment web');
  await page.waitForSelector('.file-tab:has-text("kubectl-edit-deployment-web.yaml")');
  await page.locator('.console .bar button').first().click();
  await seen(/Edit cancelled, no changes made\./);
  await type('kubectl edit deployment web');
  await page.waitForSelector('.file-tab:has-text("kubectl-edit-deployment-web.yaml")');
  await type("sed -i 's/replicas: 3/replicas: 2/' kubectl-edit-deployment-web.yaml");
  await page.locator('.console .bar button').first().click();
  await seen(/deployment\.apps\/web edited/);
  await untilReady(page, 2);
  await close();
});

test('the console is at hand on a phone, in Korean', async () => {
  const { page, close } = await site.open({ locale: 'ko-KR' });
  await openWith(page, `${site.origin}/?lang=ko`, web());
  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator('.sheet-bar button').last().click();
  await page.click('.log-head button:nth-child(2)');
  await page.fill('.console input', 'kubectl get pods -o wide');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.console pre');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await screenshot(page, 'console-phone');
  await close();
});
