// What people do with the console: node console.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS
import { mkdir } from 'node:fs/promises';
import { Browser } from './browser.mjs';

const [baseUrl, chromium, screenshots] = process.argv.slice(2);
await mkdir(screenshots, { recursive: true });
const browser = await Browser.start(chromium, baseUrl);

const check = (name, is, found) => console.log(is ? `ok: ${name}` : `failed: ${name}: got ${JSON.stringify(found)}`);
const shows = async (name, page, text) => {
  const found = await page.getByText(text).first().waitFor().then(() => true, () => false);
  check(name, found, found ? '' : await page.locator('main').innerText());
};
const go = (page, tab) => page.getByRole('navigation').getByRole('link', { name: tab, exact: true }).click();
const submit = async (page, button) => {
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: button, exact: true }).click()]);
};

// Calls the service by the form of its own page; gives the answer as it is shown.
const service = await browser.open('/Services/Sync.asmx?op=SaveAccountPhone');
const call = async (fields) => {
  const all = { SecurityToken: 'TEST-TOKEN', MemberId: '4711', PhoneNumberTypeExternalReference: 'HOME',
    PhoneNumber: '+1 519 555 0147', MobileCarrierExternalReference: '', IsValid: '1', ...fields };
  await service.reload();
  for (const [name, value] of Object.entries(all)) await service.fill(`input[name=${name}]`, value);
  await service.getByRole('button', { name: 'Invoke' }).click();
  const answer = service.locator('#answer', { hasText: /HTTP\/1.1|No answer/ });
  await answer.waitFor();
  return answer.innerText();
};

const page = await browser.open('/_emulator/');
await shows('the overview tells the ledger', page, 'SQLite file');

// A member, by the form.
await go(page, 'Members');
await page.getByLabel('Member id', { exact: true }).fill('x');
await page.getByLabel('First name', { exact: true }).fill('Maria');
await submit(page, 'Add member');
await shows('a form that is wrong says which field, and why', page, 'Give a whole number, -2147483648');
check('what was typed stays', await page.getByLabel('First name', { exact: true }).inputValue() === 'Maria', '');
check('the field is marked', await page.getByLabel('Member id', { exact: true }).getAttribute('aria-invalid') === 'true', '');
await page.getByLabel('Member id', { exact: true }).fill('4711');
await page.getByLabel('Last name', { exact: true }).fill('O’Brien <b>&');
await submit(page, 'Add member');
await shows('a member is added', page, 'The member has been added.');
await shows('markup in a name is text', page, 'Maria O’Brien <b>&');

// A call by the service's form is seen by a journal that is open already.
const journal = await browser.open('/_emulator/console/journal');
const saved = await call({});
check('the number is saved', saved.includes('<ReturnCode>0</ReturnCode>'), saved);
await shows('the open journal shows the call by itself', journal, '0 OK');
await go(page, 'Members');
await page.getByLabel('Search by name').pressSequentially('MARIA o');
await page.waitForURL(/q=MARIA/);
await shows('search finds the member as one types', page, '+15195550147');
check('and nobody else', await page.locator('#results tbody tr').count() === 1, await page.locator('#results').innerText());
await page.getByRole('link', { name: '4711' }).click();
await shows('the member has the number', page, '+15195550147');

// The entry, and sending it again.
await journal.locator('#entries tbody a').first().click();
await shows('the entry is there', journal, 'Request id');
const request = await journal.locator('pre').first().innerText();
check('the message is indented', /\n {6,}<MemberId>4711<\/MemberId>\n/.test(request), request);
check('the token is masked', request.includes('>***<') && !request.includes('TEST-TOKEN'), request);
await submit(journal, 'Send again');
await shows('the message is sent again', journal, 'The message has been sent again');
await shows('and saved again', journal, '0 OK');

// A fault on purpose.
await go(page, 'Faults');
await page.getByLabel('Code, milliseconds').fill('none');
await submit(page, 'Add rule');
await shows('a rule that is wrong says which field', page, 'Give a whole number.');
await page.getByLabel('Code, milliseconds').fill('316');
await page.getByLabel('Member id', { exact: true }).fill('4711');
await submit(page, 'Add rule');
await shows('a rule is in force', page, '0 of 1');
const broken = await call({});
check('the next call fails with it', broken.includes('<ReturnCode>316</ReturnCode>'), broken);
await shows('the used rule goes by itself', page, 'No rules');
await go(page, 'Journal');
await shows('the journal shows the broken call', page, '316 Invalid Mobile Carrier External Reference');
await page.locator('#entries tbody a').first().click();
await shows('and the rule', page, 'by rule 1: return code 316');
check('the call after it is saved', (await call({})).includes('<ReturnCode>0</ReturnCode>'), '');

// The journal's filters.
await page.goto('/_emulator/console/journal?member_id=4711&return_code=316');
check('filters leave what fits', await page.locator('#entries tbody tr').count() === 1, await page.locator('#entries').innerText());
await page.goto('/_emulator/console/journal?member_id=x');
await shows('a filter that is wrong says so', page, 'or nothing.');

// Tokens.
await go(page, 'Tokens');
await page.getByLabel('Token', { exact: true }).fill('CONSOLE-TOKEN');
await submit(page, 'Make token');
await shows('a token is made', page, 'The token is there');
check('a call may use it', (await call({ SecurityToken: 'CONSOLE-TOKEN' })).includes('<ReturnCode>0</ReturnCode>'), '');
await submit(page, 'Suspend CONSOLE-TOKEN');
check('a suspended one answers 102', (await call({ SecurityToken: 'CONSOLE-TOKEN' })).includes('<ReturnCode>102</ReturnCode>'), '');
await submit(page, 'Resume CONSOLE-TOKEN');
await submit(page, 'Delete CONSOLE-TOKEN');
check('a deleted one answers 100', (await call({ SecurityToken: 'CONSOLE-TOKEN' })).includes('<ReturnCode>100</ReturnCode>'), '');
await page.getByLabel('Minutes to live').fill('61');
await submit(page, 'Make temporary token');
await shows('a temporary token lives an hour at most', page, 'Give a number of minutes, 1 to 60.');
await page.getByLabel('Minutes to live').fill('10');
await submit(page, 'Make temporary token');
const temporary = await page.locator('code.token', { hasText: /^TMP-/ }).innerText();
check('a temporary token works', (await call({ SecurityToken: temporary })).includes('<ReturnCode>0</ReturnCode>'), temporary);
await go(page, 'Overview');
await page.getByLabel('Advance by seconds', { exact: true }).fill('600');
await submit(page, 'Advance');
check('and ends by the clock', (await call({ SecurityToken: temporary })).includes('<ReturnCode>105</ReturnCode>'), temporary);
await page.getByLabel('Hold at', { exact: true }).fill('2026-01-01T00:00:00Z');
await submit(page, 'Hold');
await shows('the clock is held', page, '2026-01-01 00:00:00');
await page.getByLabel('Hold at', { exact: true }).fill('soon');
await submit(page, 'Hold');
await shows('a time that is none is refused', page, 'Give a time with its offset');

// Companions: their accounts, and rules for them.
await go(page, 'Companions');
await shows('keys of CAMS are listed', page, 'testAccessKeySecret');
await submit(page, 'Deactivate testAccessKeyId');
await shows('a key is deactivated', page, 'inactive');
await submit(page, 'Activate testAccessKeyId');
await submit(page, 'Unsubscribe demo');
await shows('an account loses its subscription', page, 'Product.Unsubscript');
await submit(page, 'Subscribe demo');
await submit(page, 'Remove device of ada@example.com');
await shows('a device is no longer enrolled', page, 'not enrolled');
await submit(page, 'Enroll device of ada@example.com');
await submit(page, 'Block PIN of ada@example.com');
await shows('an account is blocked', page, 'The account has been changed');
check('by its PIN', await page.getByRole('row', { name: /ada@example.com/ }).getByText('PIN', { exact: true }).count() === 1, '');
await submit(page, 'Unblock ada@example.com');
check('and no longer', await page.getByRole('button', { name: 'Block account ada@example.com' }).count() === 1, '');
await shows('nobody proves a number yet', page, 'Nobody is proving a number.');
await page.getByRole('link', { name: '1003' }).click();
await shows('a member tells which space saves on it', page, 'CAMS: space cams-demo, as MOBILE');
await go(page, 'Faults');
await page.getByLabel('Answer', { exact: true }).selectOption('code');
await page.getByLabel('Code, milliseconds').fill('System.LimitControl');
await page.getByLabel('Operation', { exact: true }).selectOption('SaveAccountPhone');
await submit(page, 'Add rule');
await shows('a rule says what an operation can answer', page, 'SaveAccountPhone is an operation of Sync.asmx, which can answer return_code');
await page.getByLabel('Operation', { exact: true }).selectOption('ChatappMigrationVerified');
await submit(page, 'Add rule');
await shows('a rule for CAMS is in force', page, 'System.LimitControl of CAMS');
await page.getByLabel('Answer', { exact: true }).selectOption('return_code');
await page.getByLabel('Code, milliseconds').fill('2204');
await page.getByLabel('Operation', { exact: true }).selectOption('modifyPhoneNumber');
await submit(page, 'Add rule');
await shows('a rule for PIMS is in force', page, 'return code 2204 Server Error');
const apis = await page.locator('#field-operation optgroup').evaluateAll((groups) => groups.map((group) => group.label));
check('operations are grouped by API', apis.join() === 'Sync.asmx,CAMS,PIMS', apis);

// A code, as the phone shows it that it was sent to.
const pims = async (method, body) => {
  const headers = { 'Content-Type': 'application/json', 'X-Pims-Instance': 'console' };
  const answer = await fetch(`${baseUrl}/pims/${method}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()).status;
};
const credential = { clientId: 'id', clientSecret: 'CLIENT-SECRET', webviewsRedirectURI: 'a://w', loginRedirectURI: 'a://l' };
const authentication = (api, parameters) => ({ api: `pims.authentication.${api}`, parameters });
await pims('initialize', { parameters: { environnement: 'development', mode: 'B2C', credential, profile: { brand: 'Peugeot' } } });
await pims('set', authentication('user', { action: 'login', login: 'ada@example.com' }));
const certified = await pims('get', authentication('smscode', { type: 'phoneNumberCertification', phoneNumber: '0612345678' }));
check('a code is asked for', certified === 'SUCCEEDED', certified);
await go(page, 'Messages');
await shows('the phone that it was sent to shows it', page, '+33612345678');
const bubble = await page.locator('.bubble').first().innerText();
const code = await page.locator('.meta code').first().innerText();
check('its text has the code', /^[0-9]{6}$/.test(code) && bubble.includes(code), bubble);
await go(page, 'Companions');
await shows('who is proving a number is listed', page, '+33612345678');
await page.goto('/_emulator/console/journal?operation=initialize');
await page.locator('#entries tbody a').first().click();
await shows('the journal has the call', page, 'webviewsRedirectURI');
check('but not its secret', !(await page.locator('main').innerText()).includes('CLIENT-SECRET'), '');
await shows('it can not be sent again', page, 'sent again');
await go(page, 'Faults');
await page.getByText('Remove all rules…').click();
await submit(page, 'Remove all rules');

// Proofs, as a seed has them.
const proof = (purpose, account, verification) => ({ purpose, account, number: '+15195550123', verification });
const put = await page.request.put('/_emulator/programs/proofs', { data: { verifications: [
  proof('cams_migration', 'cams-demo', {}),
  proof('pims_phone_number', 'ada@example.com', { code: { code: '424242', made_at: '2020-01-01T00:00:00Z', wrong_tries: 2 } }),
  proof('pims_pin', 'ada@example.com', { verified_at: '2026-01-01T00:00:00Z' }) ] } });
check('a program with proofs is put', put.status() === 201, await put.text());
await page.goto('/_emulator/console/companions?program=proofs');
await shows('a code is shown', page, '424242');
await shows('and that it no longer counts', page, 'too old');
await shows('a proof that was given is shown', page, 'proved 2026-01-01 00:00:00');
await submit(page, 'Forget cams_migration of cams-demo for +15195550123');
await shows('a proof is forgotten', page, 'The proof has been forgotten');
check('and only that one', await page.locator('section[aria-labelledby=proofs] tbody tr').count() === 2, '');
await page.goto('/_emulator/?program=demo');

// Settings, lists and programs.
await go(page, 'Settings');
await page.getByLabel('Phone mode', { exact: true }).selectOption('legacy');
await submit(page, 'Save settings');
await shows('settings that contradict each other are refused', page, 'phone_mode legacy needs a default_region');
await page.getByLabel('Default region', { exact: true }).fill('us');
await submit(page, 'Save settings');
await shows('settings are saved', page, 'The settings are in force.');
await page.getByLabel('Digits', { exact: true }).fill('9');
await submit(page, 'Save settings');
await shows('a setting of companions that is wrong is refused', page, 'expected 4 to 8 digits');
await page.getByLabel('Digits', { exact: true }).fill('4');
await page.getByLabel('HTTP status of refusals', { exact: true }).selectOption('200');
await page.getByLabel('Errors', { exact: true }).selectOption('sdk');
await submit(page, 'Save settings');
const settings = await (await page.request.get('/_emulator/programs/demo/settings')).json();
check('settings of companions are saved, and the others stay', settings.verification_codes.digits === 4
  && settings.cams.refusal_status === 200 && settings.cams.calls_per_second === 10 && settings.pims.error_list === 'sdk'
  && settings.phone_mode === 'legacy', settings);
check('and act on the next call', (await call({ PhoneNumber: '(519) 555-0147' })).includes('(519) 555-0147</SavedPhoneNumber>'), '');
await submit(page, 'Remove phone number type HOME');
await shows('a type in use stays', page, 'remove them first');
await page.locator('#field-mobile_carrier').fill('FIDO');
await submit(page, 'Add mobile carrier');
check('a carrier is added', (await call({ MobileCarrierExternalReference: 'FIDO' })).includes('<ReturnCode>0</ReturnCode>'), '');
await page.locator('#field-name').fill('second & <i>');
await submit(page, 'Make program');
await shows('a program is made', page, 'The program has been made.');
const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as JSON' }).click()]);
const exported = JSON.parse(await (await import('node:fs/promises')).readFile(await download.path(), 'utf8'));
check('a program is exported', exported.name === 'second & <i>' && exported.mobile_carriers.length === 4, exported);
await go(page, 'Members');
await shows('the picked program stays', page, 'There are no members');
await page.getByLabel('Program', { exact: true }).selectOption('demo');
await submit(page, 'Show');
await shows('another program is picked', page, 'Lovelace');

// Something to see on every page.
await page.goto('/_emulator/console/faults?program=demo');
for (const [kind, value, times] of [['return_code', '1', '3'], ['delay_ms', '500', '2'], ['soap_fault', 'Server is too busy', '1']]) {
  await page.getByLabel('Answer', { exact: true }).selectOption(kind);
  await page.getByLabel('Code, milliseconds').fill(value);
  await page.getByLabel('How many calls', { exact: true }).fill(times);
  await page.getByLabel('Member id', { exact: true }).fill('1002');
  await submit(page, 'Add rule');
}
await call({ MemberId: '1002' });
await call({ MemberId: '9' });
await call({ MemberId: 'x' });
const entry = new URL(await page.goto('/_emulator/console/journal').then(() => page.locator('#entries tbody a').first().getAttribute('href')), baseUrl).pathname;
const at = (path) => `/_emulator/console/${path}`;
const pages = { overview: '/_emulator/', members: at('members'), member: at('members/4711'), journal: at('journal'),
  entry, faults: at('faults'), messages: at('messages'), tokens: at('tokens'), companions: at('companions'), proofs: at('companions?program=proofs'), settings: at('settings'), trouble: at('nowhere') };
const desktop = { viewport: { width: 1280, height: 800 } };
const looks = { light: { ...desktop, colorScheme: 'light' }, dark: { ...desktop, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'light', isMobile: true, hasTouch: true } };
for (const [look, options] of Object.entries(looks)) {
  const sight = await browser.open('/_emulator/', options);
  for (const [name, path] of Object.entries(pages)) {
    await sight.goto(path);
    await sight.screenshot({ path: `${screenshots}/${name}-${look}.png`, fullPage: true });
    const found = await browser.accessibility(sight);
    check(`${name}, ${look}: axe finds nothing`, found.length === 0, found);
    const width = await sight.evaluate(() => document.documentElement.scrollWidth);
    check(`${name}, ${look}: no scrolling to the side`, width <= options.viewport.width, width);
  }
  await sight.context().close();
}

// By keyboard alone.
await page.goto('/_emulator/?program=demo');
await page.keyboard.press('Tab');
const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
check('the first stop is the skip link', await focused() === 'Skip to content', await focused());
await page.keyboard.press('Enter');
check('which leads to the content', await page.evaluate(() => document.activeElement.id) === 'content', await focused());
for (const title of ['Members', 'Journal', 'Faults', 'Messages', 'Tokens', 'Companions', 'Settings', 'Overview']) {
  await page.reload();
  for (let stops = 0; stops < 12 && await focused() !== title; stops += 1) await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  check(`${title} is reached by keyboard, its focus is seen`, await page.locator('h1').innerText() === title && outline === 'solid', outline);
}

// A live part that comes anew leaves the focus where it is.
await page.goto('/_emulator/console/journal?program=demo');
const link = page.locator('#entries tbody a').first();
const id = await link.getAttribute('id');
await link.focus();
await call({ MemberId: '1003', PhoneNumber: '+1 519 555 0148' });
await page.locator('#entries tbody tr').first().getByText('1003').waitFor();
check('a live table keeps the focus', await page.evaluate(() => document.activeElement.id) === id, id);

// Without a script, and the end of it all.
const plain = await browser.open('/_emulator/console/members?program=demo', { javaScriptEnabled: false });
await plain.getByLabel('Search by name').fill('4711');
await submit(plain, 'Search');
await shows('search works without a script', plain, 'Maria O’Brien');
await go(plain, 'Overview');
await plain.getByText('Reset everything…').click();
await submit(plain, 'Reset everything');
await shows('everything is reset', plain, 'Everything is the seed again');
await plain.goto('/_emulator/console/members');
check('only the seed is left', await plain.locator('#results tbody tr').count() === 3, await plain.locator('main').innerText());
await plain.goto('/_emulator/console/journal');
await shows('the journal is empty', plain, 'No calls that fit.');

const nowhere = await page.goto('/_emulator/console/nowhere');
const policy = (await nowhere.allHeaders())['content-security-policy'] ?? '';
check('pages have a policy that allows no script within them', policy.includes("default-src 'none'") && !policy.includes('unsafe'), policy);
check('nothing is complained of, and nobody else is asked', browser.complaints.length === 0, browser.complaints);
await browser.close();
