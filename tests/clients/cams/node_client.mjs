// Alibaba Cloud's SDK of CAMS (Node) moves a number to a space: node node_client.mjs BASE_URL
import { createConnection, createServer } from 'node:net';
import cams from '@alicloud/cams20200606';
import openapi from '@alicloud/openapi-client';

const baseUrl = process.argv[2];
const address = new URL(baseUrl).host;
const name = 'cams-node';

const check = (what, expected, got) => {
  const [wanted, actual] = [JSON.stringify(expected), JSON.stringify(got)];
  console.log(wanted === actual ? `ok: ${what}` : `failed: ${what}: expected ${wanted}, got ${actual}`);
};

const ask = async (method, path, body) => {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${baseUrl}/_emulator${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
};

const key = (account) => `${name}-${account}`;
const space = (account) => `space ${account} !'()*+~é`;

// Two accounts, so that their calls are counted apart.
const program = () => ({
  name,
  settings: {},
  security_tokens: [],
  phone_number_types: [{ external_reference: 'MOBILE', name: 'Mobile' }],
  mobile_carriers: [],
  cams_accounts: ['new', 'old'].map((account, place) => ({
    account_id: account,
    access_keys: [{ access_key_id: key(account), access_key_secret: 'secret' }],
    spaces: [{ cust_space_id: space(account), member_id: place + 1 }],
  })),
  members: [1, 2].map((member) => ({ member_id: member, first_name: 'A', last_name: 'A' })),
});

const sdk = (account, changes = {}) => new cams.default(new openapi.Config({
  accessKeyId: key(account),
  accessKeySecret: 'secret',
  endpoint: address,
  protocol: 'http',
  ...(account === 'old' ? { signatureAlgorithm: 'v2' } : {}),
  ...changes,
}));

// The code of the answer, and its HTTP status.
const said = async (call) => {
  try {
    const answer = await call();
    return [answer.body.code, answer.statusCode];
  } catch (error) {
    return [error.code, error.statusCode ?? error.data?.statusCode];
  }
};

// A port that passes a connection on to the emulator, and keeps what the client sent.
const wire = () => new Promise((resolve) => {
  const [host, port] = address.split(':');
  const connect = () => createConnection({ host, port: Number(port) });
  const sent = [];
  const listener = createServer((client) => {
    const server = connect();
    client.on('data', (piece) => { sent.push(piece); server.write(piece); });
    server.pipe(client);
    client.on('error', () => server.destroy());
    client.on('close', () => server.destroy());
  });
  const sendAgain = () => new Promise((answered, failed) => {
    let text = '';
    const server = connect();
    server.on('error', failed);
    server.on('data', (piece) => {
      text += piece;
      if (text.includes('"Code":')) { server.destroy(); answered(text); }
    });
    server.write(Buffer.concat(sent));
  });
  listener.listen(0, '127.0.0.1', () =>
    resolve({ address: `127.0.0.1:${listener.address().port}`, sendAgain, close: () => listener.close() }));
});

const moves = async (account, number, member) => {
  const client = sdk(account);
  const both = { custSpaceId: space(account), phoneNumber: number };
  const verify = (by, more) =>
    said(() => by.chatappMigrationVerified(new cams.ChatappMigrationVerifiedRequest({ ...both, ...more })));
  const status = () =>
    client.getPhoneNumberVerificationStatus(new cams.GetPhoneNumberVerificationStatusRequest(both));

  const begun = await client.createChatappMigrationInitiate(new cams.CreateChatappMigrationInitiateRequest({
    custSpaceId: space(account), countryCode: number.slice(0, 1), mobileNumber: number.slice(1) }));
  check(`${account}: a number sets out`, ['OK', number, 'MIGRATING'],
    [begun.body.code, begun.body.data.phoneNumber, begun.body.data.status]);
  const sent = await client.getMigrationVerifyCode(new cams.GetMigrationVerifyCodeRequest({
    ...both, locale: 'zh_CN', method: 'sms' }));
  check(`${account}: a code is sent`, ['OK', begun.body.data.id], [sent.body.code, sent.body.data.id]);
  const { messages } = await ask('GET', `/messages?to=${number}`);
  const verifyCode = messages.at(-1).code;

  check(`${account}: a wrong code is refused`, ['InvalidVerifyCode', 400], await verify(client, { verifyCode: 'x' }));
  check(`${account}: no code is missing`, ['MissingVerifyCode', 400], await verify(client, {}));
  check(`${account}: an empty code is missing`, ['MissingVerifyCode', 400], await verify(client, { verifyCode: '' }));
  check(`${account}: a wrong secret is told`, ['SignatureDoesNotMatch', 400],
    await verify(sdk(account, { accessKeySecret: 'another' }), { verifyCode }));
  check(`${account}: an unknown key is told`, ['InvalidAccessKeyId.NotFound', 404],
    await verify(sdk(account, { accessKeyId: 'unknown' }), { verifyCode }));

  const between = await wire();
  check(`${account}: the right code counts`, ['OK', 200],
    await verify(sdk(account, { endpoint: between.address }), { verifyCode }));
  const again = await between.sendAgain();
  between.close();
  check(`${account}: the same call doesn't come twice`, [true, true],
    [again.startsWith('HTTP/1.1 400 '), again.includes('"Code":"SignatureNonceUsed"')]);

  check(`${account}: the number is proved`, 'VERIFIED', (await status()).body.data.codeVerificationStatus);
  const registered = await client.chatappMigrationRegister(new cams.ChatappMigrationRegisterRequest(both));
  check(`${account}: the number arrives`, 'OK', registered.body.code);
  const { phones } = await ask('GET', `/programs/${name}/members/${member}`);
  check(`${account}: the member has the number`, [`+${number}`], phones.map((phone) => phone.number));

  const codes = new Set();
  for (let count = 0; count < 200 && !codes.has('Throttling.User 400'); count += 1) {
    codes.add((await said(status)).join(' '));
  }
  check(`${account}: too many calls are throttled`, ['OK 200', 'Throttling.User 400'], [...codes].sort());
};

await ask('PUT', `/programs/${name}`, program());
try {
  await moves('new', '15195550321', 1);
  await moves('old', '15195550322', 2);
} finally {
  await ask('DELETE', `/programs/${name}`);
}
process.exit(0);
