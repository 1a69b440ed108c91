// The same link is the same run in a browser as natively: `tests/links` holds the links, and the trace of each.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { useSite } from './support.mjs';

const site = useSite();
const below = (name) => readFileSync(new URL(`../links/${name}`, import.meta.url), 'utf8').trim();

for (const line of below('traces.txt').split('\n')) {
  const [name, trace] = line.split(' ');
  test(`the link «${name}» comes to the trace that it came to natively`, async () => {
    const { page, close } = await site.open();
    const link = below(`${name}.link`);
    await page.goto(`${site.origin}/?autoplay=0#${link}`);
    // It runs to its instant and rests there.
    await page.waitForSelector('.clock');
    await page.waitForFunction(() => ![...document.querySelectorAll('.chip')].some((chip) => chip.textContent.includes('replaying')), null, { timeout: 60_000 });
    await page.click('.share');
    const facts = await page.locator('.facts').innerText();
    assert.match(facts, new RegExp(`trace hash ${trace} `));
    assert.equal(new URL(await page.locator('.link-text').inputValue()).hash, `#${link}`, 'what is shared is what was opened');
    await close();
  });
}
