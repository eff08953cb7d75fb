// The calls of the table whose path is in CALLS, for clients that take objects.
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

// Name, operation, fields that are sent, and what has to come back.
export const calls = readFileSync(process.env.CALLS, 'utf8').split('\n')
  .filter((line) => line.includes(' | ') && !line.startsWith('#'))
  .map((line) => line.split(' | '))
  .map(([name, operation, sent, expected]) => {
    const fields = Object.fromEntries(sent.split('; ').map((field) => field.split(/=(.*)/s, 2)));
    if (fields.CustomFieldPairs) fields.CustomFieldPairs = array(fields.CustomFieldPairs);
    return [name, operation, { SecurityToken: 'TEST-TOKEN', ...fields }, expected];
  });

function array(text) {
  const pairs = text.slice(1, -1).split(', ').filter((pair) => pair).map((pair) => pair.split(':'));
  return {
    recCustomFieldKeyValuePair: pairs.map(([reference, value]) => ({
      CustomFieldExternalReference: reference, CustomFieldValue: value,
    })),
  };
}

const parameterOf = (operation) => operation.endsWith('LoyaltyClub')
  ? `preqSync${operation.replace('RemoveFrom', 'RemoveTo')}` : `preq${operation}`;

// What came back, as the table has it; `text` gives the text of a value, undefined for an absent one.
const words = (result, text, rowsOf) => Object.keys(result).sort()
  .map((name) => [name, name === 'AccountIds' ? result[name] && rowsOf(result[name]) : text(result[name])])
  .filter(([, value]) => value !== undefined)
  .map(([name, value]) => `${name}=${value}`).join('; ');

// What came back, in words: a refusal thrown as an error then reads as one.
export const outcome = async (port, operation, fields, text, rowsOf, headers = {}) => {
  try {
    const answered = await promisify(port[operation])({ [parameterOf(operation)]: fields }, {}, headers);
    return words(answered[`${operation}Result`], text, rowsOf);
  } catch (error) {
    // An answer that isn't XML has the second shape.
    const fault = error.root?.Envelope?.Body?.Fault ?? error.Fault;
    return fault ? `Fault: ${fault.faultstring ?? fault.Reason.Text.$value}` : `${error.name}: ${error.message}`;
  }
};

// The start of a fault decides: its text goes on with a position and a cause.
export const check = (name, expected, got) => {
  const isRight = expected.startsWith('Fault: ') ? got.startsWith(expected) : got === expected;
  console.log(isRight ? `ok: ${name}` : `failed: ${name}: expected ${expected}, got ${got}`);
};

// The rows of a diffgram that has become objects.
export const rowsOfDiffgram = (diffgram) => [diffgram?.dsAccountIds?.AccountIds ?? []].flat()
  .map((row) => [row.AccountId, row.AccountIdTypeExternalReference, row.IsInactive, row.IsInactiveForDevices].join('/'))
  .join(', ');
