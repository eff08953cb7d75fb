import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createClientAsync } from 'soap';
import { Emulator, SEED } from './emulator.js';

let emulator;
let client;

before(async () => {
  emulator = await Emulator.start();
  await emulator.ask('PUT', 'programs/suite', SEED);
  client = await createClientAsync(emulator.wsdl);
});
after(() => emulator?.stop());
// The program of this suite, as it was put: a reset clears its journal and faults, too.
beforeEach(() => emulator.ask('POST', 'programs/suite/reset'));

// What is tested: here a call by soap, in your suite your own client.
const save = async (member, number) => {
  const [answer] = await client.SaveAccountPhoneAsync({
    preqSaveAccountPhone: {
      SecurityToken: 'SUITE',
      MemberId: member,
      PhoneNumberTypeExternalReference: 'HOME',
      PhoneNumber: number,
      IsValid: 1,
    },
  });
  return answer.SaveAccountPhoneResult;
};

test('a number is saved', async () => {
  const answer = await save(1, '+1 (519) 555-0123');
  assert.deepEqual([answer.ReturnCode, answer.SavedPhoneNumber], [0, '+1 519-555-0123']);
  const member = await emulator.ask('GET', 'programs/suite/members/1');
  assert.deepEqual(member.phones.map((phone) => phone.number), ['+15195550123']);
});

test('a number of another member is 315', async () => {
  assert.equal((await save(1, '+1 519 555 0199')).ReturnCode, 315);
});

test('a call that breaks on purpose is made again', async () => {
  const answer = { soap_fault: 'Timeout expired.' };
  await emulator.ask('POST', 'faults', { program: 'suite', operation: 'SaveAccountPhone', times: 1, answer });
  await assert.rejects(save(1, '+1 519 555 0123'), /Timeout expired/);
  assert.equal((await save(1, '+1 519 555 0123')).ReturnCode, 0);
  const { entries } = await emulator.ask('GET', 'journal?program=suite&operation=SaveAccountPhone');
  assert.deepEqual(entries.map((entry) => entry.return_code), [null, 0]);
});
