// A browser (jsdom) fills in the form of the service's help page and sends it: node browser_client.mjs BASE_URL
import { JSDOM } from 'jsdom';

const page = `${process.argv[2]}/Services/Sync.asmx?op=SaveAccountPhone`;

const fields = {
  SecurityToken: 'TEST-TOKEN',
  MemberId: '1003',
  PhoneNumberTypeExternalReference: 'HOME',
  PhoneNumber: '(1) 519-555-0145',
  MobileCarrierExternalReference: '',
  IsValid: '1',
};

const saved = (number) => `<ReturnCode>0</ReturnCode><SavedPhoneNumber>${number}</SavedPhoneNumber>`;

// Name, SOAP version, what differs from a good call, and what the answer has.
const cases = [
  ['a number is saved', '1.1', {}, ['HTTP/1.1 200', 'text/xml', saved('+1 519-555-0145')]],
  ['a number is saved', '1.2', {}, ['HTTP/1.1 200', 'application/soap+xml', saved('+1 519-555-0145')]],
  ['a refusal is shown', '1.1', { MemberId: '4711' }, ['HTTP/1.1 200', '<ReturnCode>311</ReturnCode>']],
  ['a fault is shown', '1.1', { MemberId: 'x' }, ['HTTP/1.1 500', 'Input string was not in a correct format.']],
  ['a fault is shown', '1.2', { MemberId: 'x' }, ['HTTP/1.1 500', 'soap:Sender']],
  ['markup is sent as text', '1.1', { SecurityToken: '</a>&"<b/>' }, ['HTTP/1.1 200', '<ReturnCode>100</ReturnCode>']],
];

const dom = await JSDOM.fromURL(page, {
  runScripts: 'dangerously',
  resources: 'usable',
  // jsdom has no fetch of its own.
  beforeParse: (window) => { window.fetch = (path, init) => fetch(new URL(path, page), init); },
});
await new Promise((resolve) => dom.window.addEventListener('load', resolve));
const { document, Event, MutationObserver } = dom.window;
const answer = document.getElementById('answer');

// The answer stands when the page shows more than the sign that it waits.
const shown = () => new Promise((resolve) => {
  const observer = new MutationObserver(() => {
    if (answer.textContent === '…') return;
    observer.disconnect();
    resolve(answer.textContent);
  });
  observer.observe(answer, { childList: true, subtree: true });
});

for (const [name, version, changes, parts] of cases) {
  for (const [field, value] of Object.entries({ ...fields, ...changes })) {
    document.querySelector(`input[name=${field}]`).value = value;
  }
  document.getElementById('version').value = version;
  const text = shown();
  document.getElementById('call').dispatchEvent(new Event('submit', { cancelable: true }));
  const actual = await text;
  const lacking = parts.filter((part) => !actual.includes(part));
  const check = `${version}: ${name}`;
  console.log(lacking.length === 0 ? `ok: ${check}` : `failed: ${check}: expected ${lacking}, got ${actual}`);
}
dom.window.close();
