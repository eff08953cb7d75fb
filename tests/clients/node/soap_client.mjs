// soap (npm) makes the calls of the table in SOAP 1.1 and 1.2: node soap_client.mjs BASE_URL
import { createClientAsync } from 'soap';
import { calls, check, outcome, rowsOfDiffgram } from './calls.mjs';

const wsdl = `${process.argv[2]}/Services/Sync.asmx?WSDL`;
const text = (value) => value === null ? '' : value;
const rowsOf = (dataSet) => rowsOfDiffgram(dataSet.diffgram);

for (const [version, portName] of [['1.1', 'SyncSoap'], ['1.2', 'SyncSoap12']]) {
  // The port alone doesn't settle the version: soap writes 1.1 unless told otherwise.
  const client = await createClientAsync(wsdl, { forceSoap12Headers: version === '1.2' });
  const port = client.Sync[portName];

  for (const [name, operation, fields, expected] of calls) {
    check(`SOAP ${version}: ${name}`, expected, await outcome(port, operation, fields, text, rowsOf));
  }

  // In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
  if (version === '1.1') {
    check('SOAP 1.1: an unknown SOAPAction is a fault',
      'Fault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.',
      await outcome(port, 'FetchAccountIds', { MemberId: 1002 }, text, rowsOf, { SOAPAction: 'urn:nope' }));
  }
}
