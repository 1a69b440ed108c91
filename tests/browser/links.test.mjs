// The same link is the same run in a browser as natively: `tests/links` holds the links, and the trace of each.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { links } from './links.mjs';
import { eventually, useSite } from './support.mjs';

const site = useSite();

for (const { name, link, trace } of links()) {
  test(`the link «${name}» comes to the trace that it came to natively`, async () => {
    const { page, close } = await site.open();
    await page.goto(`${site.origin}/?autoplay=0#${link}`);
    // It runs to its instant and rests there.
    await page.waitForSelector('.clock');
    await page.waitForFunction(() => ![...document.querySelectorAll('.chip')].some((chip) => chip.textContent.includes('replaying')), null, { timeout: 60_000 });
    await page.click('.share');
    const facts = await page.locator('.facts').innerText();
    assert.match(facts, new RegExp(`trace hash ${trace} `));
    await eventually(async () => assert.equal(new URL(await page.locator('.link-text').inputValue()).hash, `#${link}`, 'what is shared is what was opened'));
    await close();
  });
}
