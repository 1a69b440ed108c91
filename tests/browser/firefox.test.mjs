// The same link is the same run in another browser too, and the page is drawn there without a trouble.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { links } from './links.mjs';
import { startSite } from './support.mjs';

let site;
let browser;
before(async () => {
  site = await startSite();
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.ORRERY_FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
  });
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

for (const { name, link, trace } of links()) {
  test(`in Firefox the link «${name}» comes to the trace that it came to natively`, async () => {
    const page = await browser.newPage();
    const troubles = [];
    page.on('pageerror', (error) => troubles.push(String(error)));
    await page.goto(`${site.origin}/?autoplay=0#${link}`);
    await page.waitForSelector('.clock');
    await page.waitForFunction(() => ![...document.querySelectorAll('.chip')].some((chip) => chip.textContent.includes('replaying')));
    assert.ok((await page.$$('.picture [data-ref]')).length > 0, 'there is a picture');
    await page.click('.share');
    const facts = await page.waitForSelector('.facts');
    await page.waitForFunction((text) => document.querySelector('.facts').textContent.includes(text), {}, 'trace hash');
    const told = await facts.evaluate((element) => element.textContent);
    assert.ok(told.includes(`trace hash ${trace}`), told);
    await page.close();
    assert.deepEqual(troubles, []);
  });
}
