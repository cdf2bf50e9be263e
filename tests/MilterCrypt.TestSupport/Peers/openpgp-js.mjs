// OpenPGP.js as a command: openpgp-js.mjs MODULE (generate-key TYPE | extract-cert | decrypt KEYFILE) <input >output
import { readFileSync, writeFileSync } from 'node:fs';

const [modulePath, command, argument] = process.argv.slice(2);
const openpgp = await import(modulePath);

const input = () => readFileSync(0);
const isArmor = (octets) => octets[0] === 0x2d;
const readKey = (octets) => openpgp.readPrivateKey(
  isArmor(octets) ? { armoredKey: octets.toString() } : { binaryKey: octets });

switch (command) {
  case 'generate-key': {
    const { privateKey } = await openpgp.generateKey({
      type: argument, userIDs: [{ email: 'bob@example.org' }], format: 'armored', config: { v6Keys: true, aeadProtect: true },
    });
    writeFileSync(1, privateKey);
    break;
  }
  case 'extract-cert':
    writeFileSync(1, (await readKey(input())).toPublic().armor());
    break;
  case 'decrypt': {
    const octets = input();
    const message = await openpgp.readMessage(
      isArmor(octets) ? { armoredMessage: octets.toString() } : { binaryMessage: octets });
    const { data } = await openpgp.decrypt({ message, decryptionKeys: await readKey(readFileSync(argument)), format: 'binary' });
    writeFileSync(1, data);
    break;
  }
  default:
    process.exitCode = 2;
}
