// A browser that notes what must not happen: errors, refusals of the security policy, requests to others.
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class Browser {
  constructor(browser, baseUrl) {
    Object.assign(this, { browser, baseUrl, complaints: [] });
  }

  static async start(executablePath, baseUrl) {
    const args = ['--no-sandbox', '--no-proxy-server', '--disable-background-networking', '--disable-dev-shm-usage'];
    return new Browser(await chromium.launch({ executablePath, args }), baseUrl);
  }

  async open(path, options = {}) {
    const context = await this.browser.newContext({ baseURL: this.baseUrl, ...options });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    await this.watch(page);
    await page.goto(path);
    return page;
  }

  async watch(page) {
    // Chromium calls every 4xx and 5xx an error. A refused form is 422, a missing page 404, and a SOAP fault 500.
    const isExpected = (text) => /status of (404|422)/.test(text)
      || (page.url().includes('/Services/Sync.asmx') && text.includes('status of 500'));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !isExpected(message.text())) this.complain(page, message.text());
    });
    page.on('pageerror', (error) => this.complain(page, error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${this.baseUrl}/`)) this.complain(page, `asks for ${request.url()}`);
    });
  }

  complain(page, text) {
    this.complaints.push(`${page.url().replace(this.baseUrl, '')}: ${text}`);
  }

  // What axe finds wrong with the page as it is shown now. It is put in by the debugger, past the security policy.
  async accessibility(page) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ target }) => `${impact} ${id} at ${target}`));
  }

  async close() {
    await this.browser.close();
  }
}
