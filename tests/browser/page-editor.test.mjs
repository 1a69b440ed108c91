// The editor knows Kubernetes: it offers what can be written, explains what is written, and is one with the picture.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWith, paste, select, untilReady, web } from './page.mjs';
import { eventually, useSite } from './support.mjs';

const site = useSite();

/** Opens the page with a text and waits until the table of fields is there. */
async function openEditor(text, opened = {}) {
  const { page, close } = await site.open(opened);
  const table = page.waitForResponse((answer) => answer.url().endsWith('schema.txt'));
  await openWith(page, `${site.origin}/`, text);
  await (await table).finished();
  return { page, close };
}

/** Puts the cursor at the end of the text. */
async function toEnd(page) {
  await page.click('.cm-content');
  await page.keyboard.press('Control+End');
}

/** The words that are offered, after asking for them. */
async function offered(page) {
  await page.keyboard.press('Control+Space');
  await page.waitForSelector('.cm-tooltip-autocomplete li');
  return page.$$eval('.cm-tooltip-autocomplete .cm-completionLabel', (labels) => labels.map((label) => label.textContent));
}

const text = (page) => page.$$eval('.cm-line', (lines) => lines.map((line) => line.textContent).join('\n'));

test('fields are offered in the order of their need, and choosing one asks for its value', async () => {
  const { page, close } = await openEditor('apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  ');
  await toEnd(page);
  const fields = await offered(page);
  assert.equal(fields[0], 'containers');
  assert.ok(fields.includes('restartPolicy') && !fields.includes('replicas'), fields.join(' '));
  assert.match(await page.locator('.cm-tooltip-autocomplete li').first().innerText(), /\[\]Container · required/);
  await page.keyboard.type('restartP');
  await page.waitForFunction(() => document.querySelectorAll('.cm-tooltip-autocomplete li').length === 1);
  await page.waitForTimeout(120);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.cm-tooltip-autocomplete')?.textContent.includes('OnFailure'));
  await page.waitForTimeout(120);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await eventually(async () => assert.match(await text(page), /spec:\n {2}restartPolicy: Never$/));
  await close();
});

test('names and labels are those of the cluster', async () => {
  const { page, close } = await openEditor(`${web()}---\napiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec:\n  selector:\n    `);
  await untilReady(page, 3);
  await toEnd(page);
  assert.deepEqual(await offered(page), ['app: web']);
  await page.keyboard.press('Escape');
  await paste(page, 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec:\n  storageClassName: ');
  await toEnd(page);
  await eventually(async () => assert.deepEqual(await offered(page), ['standard']));
  await close();
});

test('a word under the pointer is explained, with its type and its default', async () => {
  const { page, close } = await openEditor(web());
  await page.locator('.cm-line span', { hasText: 'replicas' }).first().hover();
  const said = page.locator('.cm-explained');
  await said.waitFor();
  assert.match(await said.innerText(), /spec\.replicas\s+integer\s+default 1\s+Number of desired pods\./);
  await close();
});

test('the console explains fields from the same table', async () => {
  const { page, close } = await openEditor(web());
  await page.locator('.log [role="tab"]').nth(1).click();
  await page.fill('.console input', 'explain pod.spec.restartPolicy');
  await page.keyboard.press('Enter');
  const said = page.locator('.console pre').last();
  await said.waitFor();
  assert.match(await said.innerText(), /^KIND: +Pod\nVERSION: +v1\n\nFIELD: restartPolicy <string>\nENUM:\n {4}Always/);
  await close();
});

test('formatting indents the text and keeps its comments', async () => {
  const { page, close } = await openEditor('apiVersion: v1\nkind: ConfigMap\nmetadata:\n    # mine\n    name: a\n');
  await page.click('.cm-content');
  await page.keyboard.press('Shift+Alt+f');
  await eventually(async () => assert.match(await text(page), /metadata:\n {2}# mine\n {2}name: a/));
  await page.keyboard.press('Control+z');
  await eventually(async () => assert.match(await text(page), /metadata:\n {4}# mine\n {4}name: a/));
  await close();
});

test('the cursor selects its object in the picture, and a selected object shows its lines', async () => {
  const { page, close } = await openEditor(web());
  await untilReady(page, 3);
  await page.locator('.cm-line', { hasText: 'kind: Service' }).click();
  await page.waitForFunction(() => document.querySelector('.inspect h2')?.textContent.includes('web'));
  assert.match(await page.locator('.inspect').innerText(), /Service/);
  await page.waitForSelector('.cm-tint');
  assert.match(await page.locator('.cm-tint').nth(1).innerText(), /kind: Service/);
  await page.locator('.picture .pod').first().click();
  await page.waitForFunction(() => document.querySelectorAll('.cm-tint')[1]?.textContent === 'kind: Deployment');
  await close();
});

test('a key that stands twice is warned of', async () => {
  const { page, close } = await openEditor('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {}\ndata: {a: b}\n');
  await page.waitForSelector('.problems .warning');
  assert.match(await page.locator('.problems').innerText(), /line 5[\s\S]*key "data" already set in map/);
  assert.equal(await page.locator('.cm-lint-marker-warning').count(), 1);
  await close();
});
