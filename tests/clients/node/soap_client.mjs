// soap (npm) saves phone numbers and e-mail addresses in SOAP 1.1 and 1.2: node soap_client.mjs BASE_URL
import { promisify } from 'node:util';
import { createClientAsync } from 'soap';

const wsdl = `${process.argv[2]}/Services/Sync.asmx?WSDL`;

const callWith = (number) => ({
  SecurityToken: 'TEST-TOKEN',
  MemberId: 1001,
  PhoneNumberTypeExternalReference: 'WORK',
  PhoneNumber: number,
  MobileCarrierExternalReference: 'TELUS',
  IsValid: 1,
});

// Name, what differs from a good call, expected return code, expected saved number.
const cases = (saved) => [
  ['a number is saved', {}, 0, saved],
  ['the carrier may be left out', { MobileCarrierExternalReference: undefined }, 0, saved],
  ['an unknown phone number type is 308', { PhoneNumberTypeExternalReference: 'FAX' }, 308, ''],
  ['an unknown member is 311', { MemberId: 9999 }, 311, ''],
  ["another member's number is 315", { PhoneNumber: '+1 519 555 0199' }, 315, ''],
  ['an unknown carrier is 316', { MobileCarrierExternalReference: 'NOBODY' }, 316, ''],
];

const answer = (code, saved) => JSON.stringify([code, saved]);

// What came back, in words: a refusal thrown as an error then reads as one.
const outcome = async (port, call, headers = {}, operation = 'SaveAccountPhone') => {
  try {
    const answered = await promisify(port[operation])({ [`preq${operation}`]: call }, {}, headers);
    const result = answered[`${operation}Result`];
    return answer(result.ReturnCode, result.SavedPhoneNumber ?? result.SavedEmailAddress);
  } catch (error) {
    // An answer that isn't XML has the second shape.
    const fault = error.root?.Envelope?.Body?.Fault ?? error.Fault;
    return fault ? `Fault: ${fault.faultstring ?? fault.Reason.Text.$value}` : `${error.name}: ${error.message}`;
  }
};

// The start decides: the text of some faults goes on with a position and a cause.
const check = (name, expected, got) =>
  console.log(got.startsWith(expected) ? `ok: ${name}` : `failed: ${name}: expected ${expected}, got ${got}`);

for (const [version, portName, number, saved] of [
  ['1.1', 'SyncSoap', '+1 (519) 555-0131', '+1 519-555-0131'],
  ['1.2', 'SyncSoap12', '15195550132', '+1 519-555-0132'],
]) {
  // The port alone doesn't settle the version: soap writes 1.1 unless told otherwise.
  const client = await createClientAsync(wsdl, { forceSoap12Headers: version === '1.2' });
  const port = client.Sync[portName];
  const good = callWith(number);

  for (const [name, changes, code, savedNumber] of cases(saved)) {
    check(`SOAP ${version}: ${name}`, answer(code, savedNumber), await outcome(port, { ...good, ...changes }));
  }
  check(`SOAP ${version}: a MemberId in letters is a fault`,
    'Fault: Server was unable to read request. ---> There is an error in XML document (',
    await outcome(port, { ...good, MemberId: 'many' }));

  const email = {
    SecurityToken: 'TEST-TOKEN', MemberId: 1001, EmailTypeExternalReference: 'WORK', EmailAddress: 'Node@Example.org', IsValid: 1,
  };
  for (const [name, changes, expected] of [
    ['an address is saved', {}, answer(0, 'Node@example.org')],
    ["another member's address is 314", { EmailAddress: 'alan@example.com' }, answer(314, '')],
    ['an IsValid in letters is a fault', { IsValid: 'yes' }, 'Fault: Server was unable to read request. ---> '],
  ]) {
    check(`SOAP ${version}: ${name}`, expected, await outcome(port, { ...email, ...changes }, {}, 'SaveAccountEmail'));
  }

  // In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
  if (version === '1.1') {
    check('SOAP 1.1: an unknown SOAPAction is a fault',
      'Fault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.',
      await outcome(port, good, { SOAPAction: 'urn:nope' }));
  }
}
