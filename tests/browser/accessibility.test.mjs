// People who do not see the picture, or see it badly, can use the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessibilityProblems, untilDrawn, useSite } from './support.mjs';

const site = useSite({ pages: { '/bad.html': '<!doctype html><title>bad</title><link rel="icon" href="data:,"><button></button>' } });

for (const colorScheme of ['light', 'dark']) {
  test(`the first picture has no serious accessibility problem: ${colorScheme}`, async () => {
    const { page, close } = await site.open({ colorScheme });
    await page.goto(`${site.origin}/`);
    await untilDrawn(page);
    assert.deepEqual(await accessibilityProblems(page), []);
    await close();
  });
}

test('a page with a nameless button is caught', async () => {
  const { page, close } = await site.open();
  await page.goto(`${site.origin}/bad.html`);
  const problems = await accessibilityProblems(page);
  assert.ok(problems.some((problem) => problem.startsWith('button-name')), problems.join('\n'));
  await close();
});
