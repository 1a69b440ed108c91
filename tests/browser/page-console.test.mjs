// The console: a shell with pipes, completion and history; what follows goes on while time runs; shells in containers; edit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, untilReady, web } from './page.mjs';
import { accessibilityProblems, eventually, screenshot, useSite } from './support.mjs';

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
  /** Types a line and waits for its answer. */
  const ask = async (line) => {
    const before = await page.locator('.console .entry').count();
    await type(line);
    await page.waitForFunction((count) => document.querySelectorAll('.console .entry').length > count, before);
  };
  const seen = (pattern) =>
    page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.console .paper').innerText), pattern.source, { timeout: 30_000 });
  return { ...opened, type, ask, seen };
}

const last = (page) => page.locator('.console .entry').last().locator('pre');

test('lines are read as a shell reads them, and what they are about lights up', async () => {
  const { page, close, ask } = await withConsole();
  await ask('kubectl get pods --no-headers | grep Running | wc -l');
  await eventually(async () => assert.equal((await last(page).innerText()).trim(), '3'));
  await ask('NAME=deployment/web; kubectl get $NAME -o name && echo "ready: $(kubectl get $NAME -o jsonpath={.status.readyReplicas})"');
  await eventually(async () => assert.equal(await last(page).innerText(), 'deployment.apps/web\nready: 3'));
  await ask("kubectl get nonsense || echo 'no such thing'");
  await eventually(async () => assert.match(await last(page).innerText(), /doesn't have a resource type "nonsense"[\s\S]*no such thing/));
  await ask('kubectl get pods');
  await eventually(async () => assert.match(await page.locator('.console style').innerHTML(), /data-ref="Pod\/default\/web-/));
  await eventually(async () => assert.equal(await page.locator('.console .entry').last().locator('.good').count(), 3));
  await ask('kubectl create configmap made --from-literal=a=b --dry-run=client -o yaml > made.yaml');
  await page.waitForSelector('.file-tab:has-text("made.yaml")');
  await ask('kubectl apply -f made.yaml');
  await eventually(async () => assert.equal(await last(page).innerText(), 'configmap/made created'));
  await close();
});

test('Tab completes, the list is gone through by keys, and earlier lines are found again', async () => {
  const { page, close, ask } = await withConsole();
  const input = page.locator('.console input');
  await input.fill('kubectl rollout sta');
  await page.keyboard.press('Tab');
  await eventually(async () => assert.equal(await input.inputValue(), 'kubectl rollout status '));
  await input.pressSequentially('deployment/w');
  await page.keyboard.press('Tab');
  await eventually(async () => assert.equal(await input.inputValue(), 'kubectl rollout status deployment/web '));
  await input.fill('get pods -o ');
  await page.keyboard.press('Tab');
  await page.waitForSelector('.offers [role=option]');
  await screenshot(page, 'console-completion');
  await page.keyboard.press('ArrowDown');
  const chosen = await page.locator('.offers [aria-selected=true]').innerText();
  await eventually(async () => assert.equal(await input.getAttribute('aria-activedescendant'), 'console-offer-1'));
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal((await input.inputValue()).trim(), `get pods -o ${chosen}`));
  await input.fill('');
  await ask('get deployments');
  await ask('get nodes');
  await page.keyboard.press('Control+r');
  await input.pressSequentially('deploy');
  await page.keyboard.press('Enter');
  await eventually(async () => assert.match(await last(page).innerText(), /^NAME +READY/));
  assert.deepEqual(await accessibilityProblems(page), []);
  await close();
});

test('what follows prints while time runs, waits while it stands, and ends by Ctrl-C', async () => {
  const { page, close, type, seen } = await withConsole();
  await type('kubectl get deployment web -w');
  await seen(/web +3\/3/);
  await type('kubectl scale deployment/web --replicas=4');
  await page.waitForSelector('.shells [role=tab]:nth-child(2)');
  await page.click('.shells [role=tab]:nth-child(1)');
  await seen(/web +4\/4/);
  await page.click('.play');
  await page.waitForSelector('.console .bar:has-text("Time stands still")');
  await screenshot(page, 'console-follows');
  await page.locator('.console .bar button').first().click();
  await page.focus('.console input');
  await page.keyboard.press('Control+c');
  await seen(/\^C/);
  await page.waitForSelector('.console .bar', { state: 'detached' });
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

test('kubectl edit opens a file in the editor; what is refused comes back into it, and saving applies it', async () => {
  const { page, close, type, seen } = await withConsole();
  const [tab, save] = ['.file-tab:has-text("edit deployment/web")', '.apply .btn.primary'];
  await type('kubectl edit deployment web');
  await page.waitForSelector(tab);
  assert.match(await page.locator(save).innerText(), /^Save/);
  await page.click('.apply .btn:not(.primary)');
  await seen(/Edit cancelled, no changes made\./);
  assert.equal(await page.locator(tab).count(), 0);
  await type('kubectl edit deployment web');
  await page.waitForSelector(tab);
  await type("sed -i 's/replicas: 3/replicas: -1/' 'edit deployment/web'");
  await page.click(save);
  await seen(/error: deployments\.apps "web" is invalid/);
  await type("head -6 'edit deployment/web'");
  await seen(/# deployments\.apps "web" was not valid:/);
  await screenshot(page, 'console-edit-refused');
  await type("sed -i 's/replicas: -1/replicas: 2/' 'edit deployment/web'");
  await page.click(save);
  await seen(/deployment\.apps\/web edited/);
  assert.equal(await page.locator(tab).count(), 0);
  await untilReady(page, 2);
  await type('kubectl apply edit-last-applied deployment/web');
  await page.waitForSelector('.file-tab:has-text("edit deployment/web")');
  await page.click('.apply .btn:not(.primary)');
  await seen(/Edit cancelled, no changes made\.[^]*Edit cancelled, no changes made\./);
  await type("printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: made}\\n' > made.yaml");
  await type('kubectl create -f made.yaml --edit');
  await page.waitForSelector('.file-tab:has-text("edit made.yaml")');
  await type("sed -i 's/name: made/name: edited/' 'edit made.yaml'");
  await page.click(save);
  await seen(/configmap\/[a-z]+ created/);
  await close();
});

test('a session in a new pod ends with the pod; a port that is forwarded is drawn until Ctrl-C', async () => {
  const { page, close, type, seen } = await withConsole();
  await type('kubectl run -it --rm box --image=busybox:1.36');
  await page.waitForFunction(() => document.querySelector('.console label span').innerText.trim() === '/ #');
  await type('echo from $(hostname)');
  await seen(/from box/);
  await type('exit');
  await seen(/pod "box" deleted/);
  await type('kubectl port-forward deployment/web 8080:80');
  await seen(/Forwarding from 127\.0\.0\.1:8080 -> 80/);
  await type('curl -s -o /dev/null -w "%{http_code}" localhost:8080');
  await seen(/200/);
  await page.click('.shells [role=tab]:nth-child(1)');
  await seen(/Handling connection for 8080/);
  await page.click('.views button:nth-child(3)');
  await page.waitForSelector('.picture .entrance.forward');
  await screenshot(page, 'console-port-forward');
  await page.focus('.console input');
  await page.keyboard.press('Control+c');
  await page.waitForSelector('.picture .entrance.forward', { state: 'detached' });
  await close();
});

test('Apply prints what kubectl prints', async () => {
  const { page, close, seen } = await withConsole();
  await page.click('.apply .btn.primary');
  await seen(/kubectl apply -f [\s\S]*deployment\.apps\/web unchanged/);
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
